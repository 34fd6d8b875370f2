#pragma once

#include <string_view>
#include <vector>

#include <cafmesh/errc.hpp>

namespace cafmesh::test {

/// All error codes of the library: the build fails if to_string lacks one, and
/// there are no gaps between them.
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
