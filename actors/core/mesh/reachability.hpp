#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/mesh/announcements.hpp"
#include "actors/core/mesh/peers.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Which peers we have a way to over known connections, and since when there
/// has been none to the others. What we have no way to must neither be passed
/// on nor kept: two peers that remind each other of it would remember it for
/// ever.
class reachability {
public:
  /// As of the last `refresh`.
  bool reached(slot who) const noexcept {
    return who < reached_.size() && reached_[who] != 0;
  }

  // -- what changed

  void peers_added() noexcept {
    stale_ = true;
  }

  /// Most updates only add connections between peers that are reached anyway;
  /// those cost no search.
  void edges_replaced(slot who, const adjacency& before,
                      const adjacency& after) noexcept;

  void erased(slot who) noexcept;

  /// Searches again where a change may have made a difference.
  /// @returns the peers that were out of reach and no longer are; those that
  ///          were never out of reach are not among them.
  std::vector<slot> refresh(const peers& known, instant now);

  // -- who has to go

  /// All that are out of reach.
  std::vector<slot> lost() const;

  /// Those that have been out of reach since `limit` or longer. Where one that
  /// went out of reach later refers to them, they stay for as long as that.
  std::vector<slot> expire(instant limit, const peers& known);

  /// Since when the first of them has been out of reach; later than that by the
  /// grace where it has it.
  std::optional<instant> first_lost() const;

private:
  duration grace_of(const adjacency& x, const peers& known) const;

  std::vector<std::uint8_t> reached_;
  std::map<slot, instant> lost_;
  bool stale_ = true;
};

} // namespace cafmesh
