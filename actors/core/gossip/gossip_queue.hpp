#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "actors/core/limits/relay_budget.hpp"
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// What waits for one neighbour on one channel, merged while it waits
/// (protocol section 5): one gossip, and one broadcast a source. So a slow
/// link costs freshness, never memory. What is relayed without being understood
/// cannot be merged: of that the oldest goes where the budget is used up.
class gossip_queue {
public:
  struct item {
    gossip_data_ptr data;
    /// Set for a broadcast: under whose name it goes on.
    std::optional<peer_name> broadcast_source;
    /// What it takes of the budget for as long as it is kept.
    budget_share share;
  };

  /// @param budget shared with the other queues for that neighbour.
  explicit gossip_queue(
    relay_budget_ptr budget = std::make_shared<relay_budget>());

  /// Null data is ignored.
  void add_gossip(gossip_data_ptr data);
  void add_broadcast(peer_name source, gossip_data_ptr data);

  bool empty() const noexcept;

  /// Takes the next item out: gossip before broadcasts, broadcasts by the
  /// order in which their sources first came. Of relayed data no more than
  /// makes a batch; the rest of a broadcast gets behind the other sources'.
  std::optional<item> pop();

  /// Messages that went because the budget was used up.
  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  struct pending {
    peer_name source;
    gossip_data_ptr data;
    budget_share share;
  };
  using by_arrival = std::map<std::uint64_t, pending>;

  void merge_into(pending& x, gossip_data_ptr data);
  void drop_what_is_too_much();
  void drop_oldest_of(pending& x, std::size_t size);
  item take_batch_of(pending& x);
  void forget(by_arrival::iterator i);

  relay_budget_ptr budget_;
  pending gossip_;
  by_arrival broadcasts_;
  std::map<peer_name, std::uint64_t> arrival_;
  std::uint64_t next_arrival_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace cafmesh
