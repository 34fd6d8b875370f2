#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include "actors/core/mesh/peer_records.hpp"
#include "actors/core/mesh/slot_index.hpp"
#include "messages/wire/topology_update.hpp"
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// All known peers, ourselves in slot 0, and what each says of itself.
class peers {
public:
  static constexpr slot self = 0;
  static constexpr slot none = slot_index::none;

  /// @param key chance: no one who chooses peers' names may know it.
  explicit peers(peer_summary ourselves, std::uint64_t key = 0);

  /// Ourselves and placeholders included.
  std::size_t size() const noexcept {
    return index_.size();
  }

  /// Every slot is below this, whether in use or not.
  std::size_t slot_count() const noexcept {
    return entries_.size();
  }

  /// @returns `none` for an unknown name.
  slot find(const peer_name& name) const;

  /// Adds a placeholder where the name is unknown, and then also notes its slot
  /// in `created`.
  slot obtain(const peer_name& name, std::vector<slot>& created);

  /// @pre no connection of a peer that stays leads to it; not ourselves.
  void erase(slot who);

  const peer_summary& summary(slot who) const noexcept {
    return entries_[who].summary;
  }
  const adjacency& connections(slot who) const noexcept {
    return *entries_[who].connections;
  }

  /// @pre the name stays.
  void replace(slot who, peer_summary summary);
  void replace(slot who, adjacency connections);

  /// The remotes' slots in place of their names; unknown ones become
  /// placeholders.
  adjacency resolve(const std::vector<wire::connection_view>& connections,
                    std::vector<slot>& created);

  peer_record record(slot who) const;

  /// The record as it goes over the wire, encoded when first asked for.
  const encoded_record_ptr& encoded(slot who);

  /// All slots in use, sorted by their peers' names.
  const std::vector<slot>& by_name() const;

  /// The graph as it is now, which shares what each peer says with us. O(V).
  mesh_graph graph() const;

  /// Per slot whether a way over known connections leads there from any of
  /// `roots`, each named once; one direction suffices.
  std::vector<std::uint8_t> reached_from(std::vector<slot> roots) const;

  /// Whether connections that both ends report as established lead from `who`
  /// to ourselves.
  bool firmly_connected(slot who) const;

private:
  struct entry {
    peer_summary summary;
    adjacency_ptr connections = adjacency::none();
    encoded_record_ptr encoded;
  };

  std::uint32_t hash_of(const peer_name& x) const noexcept {
    return static_cast<std::uint32_t>(x.hash(key_));
  }
  void keep_sorted(slot added);
  const std::shared_ptr<const roster>& current_roster() const;

  // A vector that doubles holds more room than peers: a tenth of all the memory
  // of 300 nodes in one process.
  std::deque<entry> entries_;
  std::vector<slot> free_;
  std::uint64_t key_;
  slot_index index_;                             // by the peers' names
  mutable std::vector<slot> by_name_;            // empty: to be sorted anew
  mutable std::shared_ptr<const roster> roster_; // null: to be made anew
  // Kept for their memory; what is in them means nothing between two calls.
  std::vector<wire::connection_view> scratch_;
  bytes scratch_bytes_;
};

} // namespace cafmesh
