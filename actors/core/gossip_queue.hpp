#pragma once

#include <map>
#include <optional>

#include "../../messages/gossip_data.hpp"
#include "../../messages/peer_name.hpp"

namespace cafmesh {

/// What waits for one neighbour on one channel, merged while it waits
/// (protocol section 5): one gossip, and one broadcast a source. So a slow
/// link costs freshness, never memory.
class gossip_queue {
public:
  struct item {
    gossip_data_ptr data;
    /// Set for a broadcast: under whose name it goes on.
    std::optional<peer_name> broadcast_source;
  };

  /// Null data is ignored.
  void add_gossip(gossip_data_ptr data);
  void add_broadcast(peer_name source, gossip_data_ptr data);

  bool empty() const noexcept;

  /// Takes the next item out: gossip before broadcasts, broadcasts by the
  /// order in which their sources first came.
  std::optional<item> pop();

private:
  gossip_data_ptr gossip_;
  struct pending {
    peer_name source;
    gossip_data_ptr data;
  };
  std::map<std::uint64_t, pending> broadcasts_; // by arrival
  std::map<peer_name, std::uint64_t> arrival_;
  std::uint64_t next_arrival_ = 0;
};

} // namespace cafmesh
