#pragma once

#include <string_view>
#include <vector>

#include <cafmesh/errc.hpp>

namespace cafmesh::test {

/// All error codes of the library. The loop finds all of them, because the
/// codes have no gaps, and the build fails if to_string lacks one.
inline std::vector<errc> every_errc() {
  std::vector<errc> result;
  for (int i = 1;; ++i) {
    auto code = static_cast<errc>(i);
    if (std::string_view{to_string(code)} == "unknown_error")
      return result;
    result.push_back(code);
  }
}

} // namespace cafmesh::test
