#pragma once

#include <optional>
#include <string>
#include <vector>

#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// The result of comparing a value with an outline, another replica's summary.
namespace cafmesh {

/// The keys from `first` up to, but not including, `end`. If `end` is absent,
/// all keys from `first` on.
struct key_range {
  std::string first;
  std::optional<std::string> end;
};

/// What a replica learns from another replica's outline, by comparing it with
/// its own value.
struct comparison {
  peer_name from;                 ///< the replica that sent the outline
  payload reply;                  ///< an outline to answer with, unless empty
  std::vector<key_range> missing; ///< items that the other replica lacks
  bool asks = false;              ///< whether the reply asks for items
};

} // namespace cafmesh
