#pragma once

#include <cstddef>
#include <string>

namespace meshd {

/// A number of things, such as `1 peer` or `3 peers`.
inline std::string counted(std::size_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

} // namespace meshd
