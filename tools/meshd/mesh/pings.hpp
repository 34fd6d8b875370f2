#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/mesh/channels.hpp"
#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/peer_name.hpp>

namespace meshd {

struct mesh_parts;

/// Measures round trips to other nodes that run meshd. Pings are unicasts on a
/// channel of their own, which every meshd joins. To be used on the HTTP
/// thread.
class pings {
public:
  using duration = std::chrono::steady_clock::duration;

  explicit pings(std::shared_ptr<const mesh_parts> parts);
  pings(const pings&) = delete;
  pings& operator=(const pings&) = delete;

  /// Joins the channel. From then on, this node answers the pings of others.
  void join(answer<done> then);

  /// Pings a peer. The answer is the round-trip time, or a problem if there is
  /// no route, if the peer does not answer within the limit, or if too many
  /// pings are waiting.
  void ping(cafmesh::peer_name to, std::chrono::milliseconds limit,
            answer<duration> then);

private:
  /// The maximum number of unanswered pings. Also the maximum number of answers
  /// that are being sent.
  static constexpr std::size_t most = 64;

  struct waiting {
    cafmesh::peer_name to;
    deadlines::key due;
    std::chrono::steady_clock::time_point since;
    answer<duration> then;
  };

  void arrived(const channel_message& x);
  void answer_to(const channel_message& x);
  void finish(std::uint64_t number, result<duration> outcome);

  deadlines ends_;
  channels channel_;
  std::map<std::uint64_t, waiting> waiting_;
  std::size_t answers_ = 0; // those being sent
};

} // namespace meshd
