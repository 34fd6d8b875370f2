#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Remembers which records have to be broadcast, and when (PROTOCOL.md,
/// "Announcements"). The first change is announced after `moment`. Later
/// changes wait until the minimum interval between updates is over, so that a
/// peer that gets many connections announces them in few messages.
class announcements {
public:
  /// The bytes per second that announcements may take on each link if all peers
  /// announce as much as we do. This is a few percent of a gigabit link, and
  /// decoding it takes about 2 % of a core.
  static constexpr std::size_t budget = 4 * 1024 * 1024;

  /// Changes within this time are announced together, because each announcement
  /// in a star costs the hub one message per peer. A new connection makes two
  /// changes: it is added, and then established.
  static constexpr duration moment = std::chrono::milliseconds{10};

  /// The longest pause that `pause_after` returns. By default, periodic gossip
  /// carries all records every 30 s anyway.
  static constexpr duration longest = std::chrono::seconds{30};

  /// How many announcements may skip the interval, plus one more each second.
  static constexpr std::uint32_t most_hurried = 4;

  /// The pause that keeps us within `budget` after an update of `size` bytes in
  /// a mesh of `peers` peers.
  static duration pause_after(std::size_t size, std::size_t peers);

  /// @param interval the minimum time between two updates, except after `hurry`
  explicit announcements(duration interval);

  void add(peer_name peer, instant now);

  /// To be called if a peer has probably ended. The next update does not wait
  /// for the interval.
  void hurry(instant now);

  /// Whether `hurry` was called since the last update.
  bool is_urgent() const noexcept {
    return urgent_;
  }

  bool is_waiting(peer_name peer) const {
    return waiting_.count(peer) != 0;
  }

  /// When the next update is due; nullopt if no record waits.
  std::optional<instant> due_at() const;

  /// Removes and returns the peers whose records are due now, sorted.
  std::vector<peer_name> take_due(instant now);

  /// To be called once an update has been sent.
  /// @param size the size of our own record in bytes
  void sent(std::size_t size, std::size_t peers, instant now);

private:
  duration interval_;
  std::set<peer_name> waiting_;
  instant first_added_{};
  std::optional<instant> not_before_;
  std::optional<instant> not_before_in_haste_;
  bool in_haste_ = false; // whether the interval is cut short
  bool urgent_ = false;
  token_bucket hasty_{most_hurried, std::chrono::seconds{1}, instant{}};
};

} // namespace cafmesh
