#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <cafmesh/bytes.hpp>

namespace cafmesh::test {

/// Decodes hex digits, and ignores blanks between them.
/// @throws std::invalid_argument if there are other characters or an odd number
///        of digits
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
