#include "tools/meshctl/output.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/meshctl/failure.hpp"

namespace meshctl {

namespace {

std::string environment(const char* name) {
  auto value = std::getenv(name);
  return value ? value : "";
}

bool locale_has_utf8() {
  auto locale = environment("LC_ALL");
  if (locale.empty())
    locale = environment("LC_CTYPE");
  if (locale.empty())
    locale = environment("LANG");
  for (auto name : {"UTF-8", "utf-8", "UTF8", "utf8"})
    if (locale.find(name) != locale.npos)
      return true;
  return false;
}

} // namespace

output::output()
    : is_terminal_(isatty(STDOUT_FILENO) == 1), has_utf8_(locale_has_utf8()) {
}

void output::write(std::string_view text) {
  while (!text.empty()) {
    auto count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EPIPE)
      throw output_closed{};
    else if (errno != EINTR)
      throw failure{exit_code::failed,
                    std::string{"cannot write: "} + std::strerror(errno)};
  }
}

screen output::current_screen() const {
  screen result;
  result.has_utf8 = has_utf8_;
  if (!is_terminal_)
    return result;
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    result.width = size.ws_col;
    result.height = size.ws_row;
  }
  return result;
}

} // namespace meshctl
