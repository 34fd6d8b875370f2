#pragma once

#include <string>

#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// How people are shown a peer: `NAME(NICKNAME)`, or `NAME` if it has no
/// nickname.
/// @param nickname as it should be shown; a log needs it `escaped`
inline std::string peer_label(const peer_name& name,
                              const std::string& nickname) {
  return nickname.empty() ? name.str() : name.str() + "(" + nickname + ")";
}

} // namespace cafmesh
