#pragma once

#include <utility>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that leaves a queue in small parts. Only one part at a time is
/// encoded for a neighbour. The rest waits, and later data is merged into it.
class divisible_data : public gossip_data {
public:
  /// The part to send next, and the rest; both null if the data has to be sent
  /// as a whole.
  virtual std::pair<gossip_data_ptr, gossip_data_ptr> split() const = 0;
};

} // namespace cafmesh
