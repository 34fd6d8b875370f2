#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/peers.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Remembers which peers can be reached over known connections, and since when
/// the others have been unreachable. Records of unreachable peers are not
/// passed on and are soon forgotten. Otherwise peers would remind each other of
/// them for ever. See PROTOCOL.md, "Collection".
class reachability {
public:
  /// Whether the peer was reachable at the last `refresh`.
  bool is_reachable(slot who) const noexcept {
    return who < reachable_.size() && reachable_[who] != 0;
  }

  // -- changes

  /// To be called when peers have been added, or dropped while they were
  /// reachable.
  void peers_changed() noexcept {
    stale_ = true;
  }

  /// To be called when the connections of `who` have been replaced. If all new
  /// connections lead to reachable peers and no old one is gone, as in most
  /// updates, the mesh is not searched again.
  void edges_replaced(slot who, const adjacency& before,
                      const adjacency& after) noexcept;

  void erased(slot who) noexcept;

  /// To be called after `peers::compact`: slot `x` has become `moved[x]`.
  void renumber(const std::vector<slot>& moved);

  /// Whether peers may have become reachable or unreachable since the last
  /// `refresh`.
  bool is_stale() const noexcept {
    return stale_;
  }

  /// Searches the mesh again if `is_stale()`.
  /// @returns the peers that an earlier call found unreachable and that are
  ///          reachable now.
  std::vector<slot> refresh(const peers& known, instant now);

  // -- unreachable peers

  std::vector<slot> unreachable() const;

  /// Returns the peers that became unreachable at `limit` or earlier. Leaves
  /// out a peer if a path leads to it from a peer that became unreachable after
  /// `limit`. The two expire together later.
  std::vector<slot> expire(instant limit, const peers& known);

  /// Returns the end of the first grace period of an unreachable peer; nullopt
  /// if all peers are reachable. For a peer that was reachable before, the time
  /// at which it became unreachable counts instead.
  std::optional<instant> first_grace_end() const;

private:
  duration grace_of(const adjacency& x, const peers& known) const;

  std::vector<std::uint8_t> reachable_; // by slot
  // For each unreachable peer, the time from which it counts as unreachable.
  // For a peer that was never reachable, this is the end of its grace period,
  // which may be in the future.
  std::map<slot, instant> grace_ends_;
  bool stale_ = true;
};

} // namespace cafmesh
