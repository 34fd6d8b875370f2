#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "tests/fuzz/fuzzing.hpp"
#include "tools/meshd/settings/configuration.hpp"

// Feeds the input to meshd as its configuration file. Settings that are printed
// and read again must be the same as before.
namespace {

using namespace meshd;
using cafmesh::fuzz::require;

/// A file in memory.
class memory_file {
public:
  explicit memory_file(const std::string& content)
      : file_(memfd_create("settings", MFD_CLOEXEC)) {
    auto size = write(file_, content.data(), content.size());
    require(size == static_cast<ssize_t>(content.size()), "a file is written");
  }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;
  ~memory_file() {
    close(file_);
  }

  std::string path() const {
    return "/proc/self/fd/" + std::to_string(file_);
  }

private:
  int file_;
};

std::string load(configuration& to, const std::string& content) {
  memory_file file{content};
  arguments from;
  from.file = file.path();
  return to.load(from);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string text{reinterpret_cast<const char*>(data), size};
  // Skips paths, because a path might name a file that never ends. Skips long
  // texts, because CAF's parser needs a lot of stack for nested lists.
  if (text.find("file") != text.npos || size > 1000)
    return 0;
  configuration once;
  if (!load(once, text).empty())
    return 0;
  auto printed = to_text(once);
  configuration again;
  require(load(again, printed).empty(), "printed settings are valid");
  require(to_text(again) == printed, "printed settings are the same");
  return 0;
}
