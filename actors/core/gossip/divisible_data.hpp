#pragma once

#include <utility>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that leaves a queue in parts, so that only a small part of it is
/// encoded for a neighbour at a time. The rest goes on waiting, and later data
/// is merged into it.
class divisible_data : public gossip_data {
public:
  /// The part to send next, and the rest; both null to send everything at once.
  virtual std::pair<gossip_data_ptr, gossip_data_ptr> split() const = 0;
};

} // namespace cafmesh
