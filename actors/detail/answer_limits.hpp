#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Limits how many requests for a replicated value are answered, for each peer
/// and in total. Without limits, any member of the mesh could make requests in
/// another peer's name and so flood that peer with answers.
class answer_limits {
public:
  /// The number of answers that may be given at once, and the interval after
  /// which one more is allowed: first for each peer, then for all peers
  /// together.
  static constexpr std::uint32_t burst_per_peer = 2;
  static constexpr duration interval_per_peer = std::chrono::minutes{1};
  static constexpr std::uint32_t burst = 16;
  static constexpr duration interval = std::chrono::seconds{5};

  /// The limits count answers in shares. An answer with the whole value takes
  /// this number of shares; an answer with a part of the value takes fewer.
  static constexpr std::uint32_t shares = 16 * 1024;
  /// The maximum number of peers that are remembered.
  static constexpr std::size_t max_peers = 1024;

  answer_limits();
  answer_limits(const answer_limits&) = delete;
  answer_limits& operator=(const answer_limits&) = delete;
  ~answer_limits();

  /// Whether to answer `who`, the peer that the request names as its sender. If
  /// so, counts the shares against the limits.
  /// @param count the shares that the answer takes, see `shares`.
  bool take(peer_name who, instant now, std::uint32_t count = shares);

  /// The number of peers that are remembered. A peer is forgotten two minutes
  /// after its last answer.
  std::size_t peers() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Separate limits for each neighbour that forwards requests. A neighbour that
/// makes requests in other peers' names uses up only its own limits.
class neighbours_answer_limits {
public:
  /// The maximum number of neighbours that are remembered. To make room for
  /// another, forgets the neighbour whose last request is the oldest.
  static constexpr std::size_t max_neighbours = 1024;

  /// Like `answer_limits::take`, for a request that came through `neighbour`.
  bool take(peer_name neighbour, peer_name who, instant now,
            std::uint32_t count = answer_limits::shares);

private:
  struct entry {
    answer_limits limits;
    std::uint64_t last_request = 0; // the number of its last request
  };

  void forget_oldest();

  std::map<peer_name, entry> neighbours_;
  std::uint64_t requests_ = 0; // counted so far
};

} // namespace cafmesh
