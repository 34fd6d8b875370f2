#pragma once

#include <cstddef>
#include <optional>

#include <cafmesh/gossip_data.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// News for those of our neighbours that have no other, merged while it waits.
/// In a star the hub has as many of them as the mesh is large, and each peer
/// that joins has news for all: one by one that is N² messages, and the more
/// neighbours there are the longer is what comes gathered. The first of it goes
/// at once.
class gathered_news {
public:
  /// Below so many neighbours nothing is gathered.
  static constexpr std::size_t few = 16;

  /// What telling all of them takes is some hundredths of this a neighbour.
  static constexpr duration interval_a_neighbour =
    std::chrono::microseconds{200};

  void add(gossip_data_ptr news);

  /// When `take` is worth a call; nothing where nothing waits.
  std::optional<instant> due_at() const;

  /// All of it, told to so many; null where nothing is due.
  gossip_data_ptr take(std::size_t neighbours, instant now);

private:
  gossip_data_ptr waiting_;
  instant not_before_{};
};

} // namespace cafmesh
