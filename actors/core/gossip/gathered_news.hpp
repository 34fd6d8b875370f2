#pragma once

#include <cstddef>
#include <optional>

#include "actors/core/gossip/waiting_data.hpp"
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Gathers news for our leaves, and merges the news while it waits. News is
/// gossip that was new to us. A leaf is a neighbour without any other
/// neighbour. In a star, each peer that joins is news for all N leaves of the
/// hub. Without merging, N peers that join would cost N² messages. The first
/// news is due immediately. The more neighbours we have, the longer later news
/// is gathered.
class gathered_news {
public:
  /// Peers with fewer neighbours than this do not gather news.
  static constexpr std::size_t few = 16;

  /// The pause after a `take` is this time multiplied by the number of our
  /// neighbours, leaves or not. Sending the news takes a few percent of the
  /// pause at most.
  static constexpr duration interval_per_neighbour =
    std::chrono::microseconds{200};

  /// Merges `news` with the news that waits. Null is ignored.
  void add(gossip_data_ptr news);

  /// When to call `take`; nullopt if no news waits.
  std::optional<instant> due_at() const;

  /// Removes and returns all news; null if no news is due.
  /// @param neighbours the number of all our neighbours, not only the leaves
  gossip_data_ptr take(std::size_t neighbours, instant now);

  /// The exceptions thrown while news was merged. With each, some news was
  /// lost.
  data_faults& faults() noexcept {
    return faults_;
  }

private:
  waiting_data waiting_;
  instant not_before_{};
  data_faults faults_;
};

} // namespace cafmesh
