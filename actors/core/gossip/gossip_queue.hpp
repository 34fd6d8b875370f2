#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "actors/core/gossip/waiting_data.hpp"
#include "actors/core/limits/relay_budget.hpp"
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The data of one channel that waits for one neighbour. Data is merged while
/// it waits: all gossip into one item, or two if it is `divisible_data`, and
/// broadcasts into one item per source (PROTOCOL.md, "Gossip channels"). So a
/// slow neighbour gets its data later, but takes little more memory.
///
/// Merging does not make relayed data smaller, and any member can make a value
/// large. Once the budget is used up, the queue drops the oldest relayed
/// messages and `measured_data`.
class gossip_queue {
public:
  struct item {
    gossip_data_ptr data;
    /// The source of a broadcast; none for gossip.
    std::optional<peer_name> broadcast_source;
    /// The item's part of the relay budget, which its destructor gives back.
    budget_share share;
  };

  /// @param budget shared with the other queues of the same neighbour.
  explicit gossip_queue(
    relay_budget_ptr budget = std::make_shared<relay_budget>());

  /// Adds gossip, or a broadcast, to the data that waits. Null data is ignored.
  void add_gossip(gossip_data_ptr data);
  void add_broadcast(peer_name source, gossip_data_ptr data);

  bool empty() const noexcept;

  /// Removes and returns the next item. Gossip leaves before broadcasts.
  /// Broadcasts leave in the order in which their sources first appeared.
  ///
  /// Gossip that is `divisible_data` leaves in order of arrival instead. Gossip
  /// that arrived before a waiting broadcast is not merged with later gossip.
  /// The later gossip may describe peers to which only that broadcast shows a
  /// path.
  ///
  /// Relayed data leaves in parts, as `relayed_data::split` makes them. The
  /// rest of a broadcast waits until the broadcasts from other sources have
  /// left.
  std::optional<item> pop();

  /// The number of messages dropped because the budget was used up.
  std::uint64_t dropped() const noexcept {
    return dropped_;
  }

  /// The exceptions thrown while data was merged. With each, some data was
  /// lost.
  data_faults& faults() noexcept {
    return faults_;
  }

private:
  struct pending {
    peer_name source;
    waiting_data data;
    budget_share share;
  };
  using by_arrival = std::map<std::uint64_t, pending>;

  bool must_leave_later(const gossip_data& x) const;
  bool gossip_is_next() const;
  void merge_into(pending& x, gossip_data_ptr data);
  std::size_t counted_size(const pending& x);
  void drop_excess();
  void drop_oldest_of(pending& x, std::size_t size);
  item take_batch_of(pending& x);
  void forget(by_arrival::iterator i);

  relay_budget_ptr budget_;
  pending gossip_;
  std::uint64_t gossip_arrival_ = 0;
  // Divisible gossip that arrived after a broadcast, while `gossip_` waits.
  pending later_gossip_;
  std::uint64_t later_gossip_arrival_ = 0;
  by_arrival broadcasts_;
  std::map<peer_name, std::uint64_t> arrival_;
  std::uint64_t next_arrival_ = 0;
  std::uint64_t dropped_ = 0;
  data_faults faults_;
};

} // namespace cafmesh
