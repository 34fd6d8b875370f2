#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Decides which requests for a replicated value are answered. Any member can
/// make a request in another peer's name, so the rate of answers is limited,
/// for each peer and in total.
class answer_limits {
public:
  /// The number of answers allowed without a pause, and the time after which
  /// one more is allowed: first for each peer, then for all peers together.
  static constexpr std::uint32_t burst_per_peer = 2;
  static constexpr duration interval_per_peer = std::chrono::minutes{1};
  static constexpr std::uint32_t burst = 16;
  static constexpr duration interval = std::chrono::seconds{5};

  /// The number of shares that an answer with the whole value takes; an answer
  /// with a part of it takes fewer.
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

  /// The number of peers that are remembered: those that got an answer in the
  /// last two minutes. At most 40 if every answer has the whole value.
  std::size_t peers() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The limits of each neighbour through which requests come. A neighbour that
/// makes requests in any number of names uses up no other neighbour's limits.
class neighbours_answer_limits {
public:
  /// The maximum number of neighbours that are remembered. One more takes the
  /// place of the one that asked longest ago.
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
