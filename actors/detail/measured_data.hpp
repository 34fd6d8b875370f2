#pragma once

#include <cstddef>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that reports how much memory it takes. If too much of it waits
/// for a slow neighbour, the queue for that neighbour drops it, as if the
/// message had been lost on the way. So use this class only for data that the
/// neighbour gets later in a different way.
class measured_data : public gossip_data {
public:
  /// The memory that this object takes, in bytes.
  virtual std::size_t memory() const = 0;
};

} // namespace cafmesh
