#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// The connections in records that lead to a mere name: a peer that has no
/// record itself. Such names get no slot, and no routes lead there. They are
/// looked up in ordered maps, since a remote could choose names whose hashes
/// collide.
class unresolved_edges {
public:
  using edges = std::vector<connection_summary>;

  /// The number of connections, of all owners together.
  std::size_t size() const noexcept {
    return by_name_.size();
  }

  /// The connections of `owner`, the peer that reports them, sorted by remote.
  const edges& of(slot owner) const;

  /// Replaces all connections of `owner`.
  /// @param xs sorted by remote.
  void replace(slot owner, edges xs);

  /// Adds connections to those of `owner`.
  /// @param xs sorted by remote; `owner` has none of them yet.
  void add(slot owner, edges xs);

  /// Removes the connections of `owner` to `remotes`, and returns them.
  /// @param remotes sorted; `owner` has a connection to each.
  edges take(slot owner, const std::vector<peer_name>& remotes);

  std::vector<slot> owners_naming(const peer_name& remote) const;

  /// All owners, in ascending order of their slots.
  std::vector<slot> owners() const;

private:
  std::map<slot, edges> by_owner_;
  std::set<std::pair<peer_name, slot>> by_name_;
};

} // namespace cafmesh
