#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <cafmesh/bytes.hpp>

namespace cafmesh::test {

/// Bytes from hex digits; blanks between them are ignored.
/// @throws std::invalid_argument if the rest is not hex digits
inline bytes hex(std::string_view text) {
  std::string digits;
  for (char c : text)
    if (c != ' ')
      digits += c;
  bytes result;
  if (!from_hex(digits, result))
    throw std::invalid_argument("no hex digits: " + digits);
  return result;
}

} // namespace cafmesh::test
