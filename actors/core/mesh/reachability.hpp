#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/peers.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Which peers can be reached over known connections, and since when the others
/// have been unreachable. Records of unreachable peers must neither be passed
/// on nor kept for long: otherwise peers would remind each other of them for
/// ever. See PROTOCOL.md, "Collection".
class reachability {
public:
  /// As of the last `refresh`.
  bool is_reachable(slot who) const noexcept {
    return who < reachable_.size() && reachable_[who] != 0;
  }

  // -- changes

  /// Peers were added, or dropped while they were reachable.
  void peers_changed() noexcept {
    stale_ = true;
  }

  /// Connections added between reachable peers, as in most updates, need no
  /// search.
  void edges_replaced(slot who, const adjacency& before,
                      const adjacency& after) noexcept;

  void erased(slot who) noexcept;

  /// Slot `x` is `moved[x]` from now on, see `peers::compact`.
  void renumber(const std::vector<slot>& moved);

  /// Searches again if a change may have made a difference.
  /// @returns the peers that an earlier call found unreachable and that are
  ///          reachable now.
  std::vector<slot> refresh(const peers& known, instant now);

  // -- unreachable peers

  std::vector<slot> unreachable() const;

  /// The peers that have been unreachable since `limit` or longer. A peer to
  /// which a path leads from one that became unreachable after `limit` is kept
  /// as long as that one.
  std::vector<slot> expire(instant limit, const peers& known);

  /// The earliest time at which an unreachable peer became so, including any
  /// grace period.
  std::optional<instant> unreachable_since() const;

private:
  duration grace_of(const adjacency& x, const peers& known) const;

  std::vector<std::uint8_t> reachable_; // by slot
  std::map<slot, instant> since_;       // of unreachable peers, with grace
  bool stale_ = true;
};

} // namespace cafmesh
