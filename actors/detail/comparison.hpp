#pragma once

#include <optional>
#include <string>
#include <vector>

#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// What a replica finds out when it compares its value with another replica's
/// outline.
namespace cafmesh {

/// The keys from `first` on and before `last`, or up to the end if `last` is
/// absent.
struct key_range {
  std::string first;
  std::optional<std::string> last;
};

/// What a replica finds out from another replica's outline.
struct comparison {
  peer_name from;                 ///< the replica that sent the outline
  payload reply;                  ///< an outline to answer with, unless empty
  std::vector<key_range> missing; ///< the items that the other replica needs
  bool asks = false;              ///< whether the reply asks for items
};

} // namespace cafmesh
