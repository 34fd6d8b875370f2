#include "tools/meshctl/input.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/interrupt.hpp"

namespace meshctl {

std::string read_input(std::size_t most) {
  std::string result;
  char buffer[64 * 1024];
  for (;;) {
    auto count = read(STDIN_FILENO, buffer, sizeof(buffer));
    if (is_interrupted())
      throw interrupted{};
    if (count == 0)
      return result;
    if (count < 0 && errno != EINTR)
      throw failure{exit_code::failed, std::string{"cannot read the input: "}
                                         + std::strerror(errno)};
    if (count > 0)
      result.append(buffer, static_cast<std::size_t>(count));
    if (result.size() > most)
      throw failure{exit_code::usage, "the input has more than "
                                        + std::to_string(most) + " bytes"};
  }
}

} // namespace meshctl
