#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Whose records have to be broadcast, and when. The first change goes out a
/// moment later, those that follow wait for the interval, so that a peer that
/// meets many others says so in few updates.
class announcements {
public:
  /// What announcing may cost each peer's link, in bytes per second, if all
  /// peers announce as much as we do: a few percent of a gigabit, and about
  /// 2 % of a core for decoding.
  static constexpr std::size_t budget = 4 * 1024 * 1024;

  /// What changes at about the same time goes along: a connection is added, then
  /// established. In a star each peer's update goes to all others through the
  /// hub, and two instead of one were half of its work.
  static constexpr duration moment = std::chrono::milliseconds{10};

  /// No announcement waits longer: by then the periodic gossip, which carries
  /// everything, has come by.
  static constexpr duration longest = std::chrono::seconds{30};

  /// How long a peer waits after an announcement of `size` bytes that went to
  /// `peers` peers, if that is longer than its interval.
  static duration pause_after(std::size_t size, std::size_t peers);

  /// @param interval between two announcements, unless they are large.
  explicit announcements(duration interval);

  void add(peer_name whose, instant now);

  /// Nothing waits for announcement, or the time of the next one.
  std::optional<instant> due_at() const;

  /// What is due by now, sorted; empty if nothing.
  std::vector<peer_name> take(instant now);

  /// What was taken made an update of `size` bytes, which goes to `peers`
  /// peers.
  void sent(std::size_t size, std::size_t peers, instant now);

private:
  duration interval_;
  std::set<peer_name> waiting_;
  instant first_added_{};
  std::optional<instant> not_before_;
};

} // namespace cafmesh
