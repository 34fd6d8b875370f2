#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

/// Chooses the peers that a node forgets if there are more than it keeps. A
/// member that makes up peers crowds out only peers that it made up
/// (PROTOCOL.md, "Limits and times").
///
/// The shortest paths from us form a tree of peers. At each peer of the tree,
/// the largest of its branches are cut to one common size, starting at their
/// ends, so that a small branch loses nothing. Unreachable peers form a branch
/// of their own below us. We ourselves and our neighbours stay. A path over
/// connections that both ends report precedes any other path: otherwise a peer
/// could claim other members as its own branch. A dropped peer that is added
/// again is dropped again, because the choice depends on the mesh alone.
class fair_share {
public:
  /// Prepares the choice. Takes time in O(peers + connections).
  explicit fair_share(const mesh_graph& mesh);

  /// Drops peers whose weights add up to at least `excess`, or all that may be
  /// dropped. Peers dropped earlier have no weight. Takes time in O(peers).
  /// @param weights the weight of the peer in each slot.
  void drop(std::uint64_t excess, const std::vector<std::uint32_t>& weights);

  const std::vector<slot>& dropped() const noexcept {
    return dropped_;
  }
  bool is_dropped(slot who) const noexcept {
    return is_dropped_[who] != 0;
  }

private:
  using weights = std::vector<std::uint32_t>;
  using children = std::pair<const slot*, const slot*>;

  static constexpr slot none = 0xffff'ffffu;

  void attach(slot who, slot parent);
  /// Extends the tree along the connections for which `counts(slot, edge)` is
  /// true.
  template <class Counts>
  void grow(const mesh_graph& mesh, Counts counts);
  void list_children();
  children children_of(slot who) const noexcept;
  std::uint64_t own_weight(slot who, const weights& of) const noexcept;
  /// Divides `need`, the weight to drop below `who`, among its children.
  void divide(slot who, std::uint64_t need, const weights& of);
  void drop_branch(slot top);

  slot self_;
  // The parent of each peer, by slot. The last entry is the common parent of
  // unreachable peers.
  std::vector<slot> parents_;
  std::vector<slot> order_; // each parent before its children
  std::vector<slot> children_;
  // The index in `children_` of each slot's first child.
  std::vector<std::size_t> first_child_;
  std::vector<std::uint8_t> is_dropped_;
  std::vector<slot> dropped_;
  // The weight of all descendants of each peer, by slot.
  std::vector<std::uint64_t> weight_below_;
  // Peers below which weight has still to be dropped, and how much.
  std::vector<std::pair<slot, std::uint64_t>> cuts_to_divide_;
};

} // namespace cafmesh
