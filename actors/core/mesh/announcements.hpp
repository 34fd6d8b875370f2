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
/// "Announcements"). The first change is announced after `moment`. After an
/// announcement, further changes wait for a minimum interval, so that a peer
/// that gets many connections announces them in few messages.
class announcements {
public:
  /// The number of bytes per second that announcements may take on each link if
  /// all peers announce as much as we do. This is a few percent of a gigabit
  /// link. Decoding this many bytes takes about 2 % of a core.
  static constexpr std::size_t budget = 4 * 1024 * 1024;

  /// Changes within this time are announced together, because each announcement
  /// in a star costs the hub one message per peer. A new connection makes two
  /// changes: it is added, and then established.
  static constexpr duration moment = std::chrono::milliseconds{10};

  /// The longest pause that `pause_after` returns. By default, periodic gossip
  /// carries all records every 30 s anyway.
  static constexpr duration longest = std::chrono::seconds{30};

  /// After `hurry`, this number of announcements may skip the interval, and one
  /// more each second.
  static constexpr std::uint32_t most_hurried = 4;

  /// The pause after an announcement of `size` bytes that keeps us within
  /// `budget` in a mesh of `peers` peers; at most `longest`.
  static duration pause_after(std::size_t size, std::size_t peers);

  /// @param interval the minimum time between two announcements, except after
  ///        `hurry`
  explicit announcements(duration interval);

  void add(peer_name peer, instant now);

  /// Call this function for an urgent change, for example when a peer's process
  /// has probably died. The next announcement then does not wait for the
  /// minimum interval, only for the pause that `budget` requires.
  /// `most_hurried` limits how often this is possible.
  void hurry(instant now);

  /// Whether `hurry` was called since the last announcement.
  bool is_urgent() const noexcept {
    return urgent_;
  }

  bool is_waiting(peer_name peer) const {
    return waiting_.count(peer) != 0;
  }

  /// When the next announcement is due; nullopt if no record waits.
  std::optional<instant> due_at() const;

  /// Removes and returns the peers whose records are due now, sorted.
  std::vector<peer_name> take_due(instant now);

  /// Call this function after each announcement.
  /// @param size the size of our own record in bytes
  /// @param peers the number of peers in the mesh
  void sent(std::size_t size, std::size_t peers, instant now);

private:
  duration interval_;
  std::set<peer_name> waiting_;
  instant first_added_{};
  std::optional<instant> not_before_;
  std::optional<instant> not_before_in_haste_;
  bool in_haste_ = false; // whether to skip the interval
  bool urgent_ = false;
  token_bucket hasty_{most_hurried, std::chrono::seconds{1}, instant{}};
};

} // namespace cafmesh
