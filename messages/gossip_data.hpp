#pragma once

#include <memory>
#include <vector>

#include <cafmesh/payload.hpp>

namespace cafmesh {

class gossip_data;

/// Shared between actors and threads; null means "nothing".
using gossip_data_ptr = std::shared_ptr<const gossip_data>;

/// State, or a change of it, that can be merged with more of its kind: what
/// waits for a slow neighbour is merged instead of queued. Immutable.
class gossip_data {
public:
  virtual ~gossip_data() = default;

  /// The messages that carry it, in the order in which they are sent; each
  /// below the frame limit by at least 1 KiB.
  virtual std::vector<payload> encode() const = 0;

  /// Both together. `other` was made by the same gossiper, so that a downcast
  /// to the own type is safe.
  virtual gossip_data_ptr merge(const gossip_data& other) const = 0;

  /// Whether a broadcast of it means something else than gossip of it, or than
  /// a broadcast by another source. Where not, a peer with many neighbours may
  /// gather what it passes on to those that have no other.
  virtual bool depends_on_source() const {
    return true;
  }
};

} // namespace cafmesh
