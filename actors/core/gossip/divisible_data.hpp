#pragma once

#include <utility>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that leaves a queue in parts, so that what is encoded for a
/// neighbour stays small. The rest goes on waiting, and later data is merged
/// into it.
class divisible_data : public gossip_data {
public:
  /// What to send next, and the rest; both null if all is to be sent at once.
  virtual std::pair<gossip_data_ptr, gossip_data_ptr> split() const = 0;
};

} // namespace cafmesh
