#pragma once

#include <cstddef>
#include <map>

#include "actors/core/limits/token_bucket.hpp"
#include "actors/core/remote/closing_queue.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh::remote {

/// Limits how many closing reports are read from each peer. The limit is twice
/// that of a `closing_queue`, because the queue sends each report twice.
class closing_quota {
public:
  static constexpr std::uint32_t burst = 2 * closing_queue::burst;
  static constexpr duration interval = closing_queue::interval / 2;
  /// The maximum number of peers whose reports are counted. Reports from
  /// further peers are refused.
  static constexpr std::size_t most_peers = 1024;

  /// Counts a report from this peer if its quota allows it.
  /// @returns whether to read the report
  bool take(peer_name from, instant now);

private:
  std::map<peer_name, token_bucket> used_;
};

} // namespace cafmesh::remote
