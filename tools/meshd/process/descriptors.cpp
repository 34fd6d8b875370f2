#include "tools/meshd/process/descriptors.hpp"

#include <sys/resource.h>

#include <cstdint>

namespace meshd {

std::size_t raise_descriptor_limit() {
  rlimit x{};
  if (getrlimit(RLIMIT_NOFILE, &x) != 0)
    return SIZE_MAX;
  auto before = x.rlim_cur;
  x.rlim_cur = x.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &x) != 0)
    x.rlim_cur = before;
  return x.rlim_cur == RLIM_INFINITY ? SIZE_MAX : x.rlim_cur;
}

} // namespace meshd
