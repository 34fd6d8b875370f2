#pragma once

#include <cstddef>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Gossip data that tells how much memory it takes. If too much of it waits for
/// a slow neighbour, a queue drops it as if the message was lost. So it must be
/// data that the neighbour gets in another way later.
class measured_data : public gossip_data {
public:
  /// The memory that this object takes, in bytes.
  virtual std::size_t memory() const = 0;
};

} // namespace cafmesh
