#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

/// Chooses the peers that a node forgets if it knows more than its limits
/// allow. If a member makes up peers, they crowd out only each other
/// (PROTOCOL.md, "Limits and times").
///
/// The shortest paths from us form a tree of peers. Wherever the tree branches,
/// the largest branches are cut until they are equally large, so that small
/// branches lose nothing. A peer is dropped only after all peers behind it. All
/// unreachable peers together form one more branch. We ourselves and our
/// neighbours are never dropped.
///
/// Connections that both ends report come first in the tree. Otherwise a peer
/// could claim connections to other members, and those members would count as
/// its branch. The choice depends on the mesh alone, so a dropped peer that is
/// added again is dropped again.
class fair_share {
public:
  /// Takes time in O(peers + connections).
  explicit fair_share(const mesh_graph& mesh);

  /// Drops peers that together weigh at least `excess`, or all peers that may
  /// be dropped. Takes time in O(peers).
  /// @param weights the weight of the peer in each slot; peers dropped earlier
  ///        count as 0
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
  /// Grows the tree along the connections for which `counts(slot, edge)` is
  /// true.
  template <class Counts>
  void grow(const mesh_graph& mesh, Counts counts);
  void list_children();
  children children_of(slot who) const noexcept;
  std::uint64_t own_weight(slot who, const weights& of) const noexcept;
  /// Divides the weight `need`, which is to be dropped, among the subtrees of
  /// the children of `who`.
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
  // Peers below which weight has yet to be dropped, and how much.
  std::vector<std::pair<slot, std::uint64_t>> cuts_to_divide_;
};

} // namespace cafmesh
