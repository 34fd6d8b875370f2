// Skips a check of UndefinedBehaviorSanitizer while a test has used up all file
// descriptors. The sanitizer opens a pipe to find out whether it may read an
// object's type. If it cannot open the pipe, it reports the object as an error.
#include "tests/sanitizers/out_of_descriptors.hpp"

#include <cstdint>

#include <dlfcn.h>
#include <unistd.h>

using cafmesh::test::descriptors_in_passing;

extern "C" __attribute__((no_sanitize("undefined"))) void
__ubsan_handle_dynamic_type_cache_miss_abort(void* where, std::uintptr_t object,
                                             std::uintptr_t hash) {
  using handler = void(void*, std::uintptr_t, std::uintptr_t);
  static auto* check = reinterpret_cast<handler*>(
    dlsym(RTLD_NEXT, "__ubsan_handle_dynamic_type_cache_miss_abort"));
  const std::lock_guard<std::mutex> guard{descriptors_in_passing};
  int ends[2];
  if (::pipe(ends) != 0)
    return;
  ::close(ends[0]);
  ::close(ends[1]);
  check(where, object, hash);
}
