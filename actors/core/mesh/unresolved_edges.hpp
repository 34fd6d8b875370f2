#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// The reported connections to peers that are known by name alone. Such a peer
/// has no record and no slot, and no routes lead to it. The names are kept in
/// ordered containers, since a remote could choose names whose hashes collide.
class unresolved_edges {
public:
  struct edge {
    peer_name remote;
    bool outbound = false;
    bool established = false;
  };
  using edges = std::vector<edge>;

  /// The number of connections of all owners.
  std::size_t size() const noexcept {
    return by_name_.size();
  }

  /// The connections that `owner` reports, sorted by remote.
  const edges& of(slot owner) const;

  /// Replaces the connections of `owner` with `xs`, sorted by remote.
  void replace(slot owner, edges xs);

  /// Adds connections of `owner`, sorted by remote.
  /// @pre none of them is stored yet
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
