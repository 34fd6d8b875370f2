#pragma once

#include <cstddef>
#include <string>

namespace meshctl {

/// Reads all of standard input.
/// @throws failure of exit_code::usage if it is more than `most` bytes
/// @throws interrupted
std::string read_input(std::size_t most);

} // namespace meshctl
