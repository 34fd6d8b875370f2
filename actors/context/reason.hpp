#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <caf/error.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

/// A reason, as text for the log. It may come from a remote or from an
/// exception, so it is escaped and cut off.
inline std::string reason_text(std::string_view reason) {
  constexpr std::size_t longest = 200;
  return escaped(reason, longest);
}
inline std::string reason_text(const caf::error& reason) {
  return reason_text(describe(reason));
}

} // namespace cafmesh
