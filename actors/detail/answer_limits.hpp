#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Limits how many requests for a replicated value are answered, for each peer
/// and in total. Without limits, any member of the mesh could make requests in
/// another peer's name and so flood that peer with answers.
class answer_limits {
public:
  /// The limits for one peer, and those for all peers together. Each limit is
  /// the number of answers that may be given without a pause, and the interval
  /// after which one more answer is allowed.
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

  /// Replaces the count of an answer that `take` has allowed. To be called if
  /// the size of the answer was only estimated before. If the answer used more
  /// shares than were left, the next answers have to wait for longer.
  /// @param taken the shares that `take` has counted
  /// @param used the shares to count instead
  void correct(peer_name who, instant now, std::uint32_t taken,
               std::uint32_t used);

  /// Forgets peers whose own limits are fully available again. `take` does
  /// this, too.
  void forget_refilled(instant now);

  /// Whether all limits are fully available, as in a new object.
  bool is_refilled(instant now);

  /// The number of peers that are remembered. A peer is forgotten once its own
  /// limit is fully available again, usually within two minutes of its last
  /// answer.
  std::size_t peers() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Separate limits for each neighbour that forwards requests, and limits for
/// all neighbours together. A neighbour that makes requests in other peers'
/// names uses up only its own limits. A member that leaves and comes back under
/// another name gets new limits of its own, but does not reset the limits for
/// all neighbours together.
class neighbours_answer_limits {
public:
  /// The maximum number of neighbours that are remembered. To make room for
  /// another, forgets the neighbour whose last request is the oldest.
  static constexpr std::size_t max_neighbours = 1024;
  /// The maximum number of peers that are remembered for all neighbours
  /// together.
  static constexpr std::size_t max_peers = 4 * answer_limits::max_peers;

  /// The limits on answers to the neighbours' own requests, for all neighbours
  /// together.
  static constexpr std::uint32_t burst_for_neighbours = 128;
  static constexpr duration interval_for_neighbours = std::chrono::seconds{1};
  /// The limits on answers to requests that neighbours forward in other peers'
  /// names. They are separate, so that such requests do not use up the limits
  /// for the neighbours' own requests.
  static constexpr std::uint32_t burst_for_others = 64;
  static constexpr duration interval_for_others = std::chrono::seconds{5};

  neighbours_answer_limits();
  neighbours_answer_limits(neighbours_answer_limits&&) noexcept;
  neighbours_answer_limits& operator=(neighbours_answer_limits&&) noexcept;
  ~neighbours_answer_limits();

  /// Like `answer_limits::take`, for a request that came through `neighbour`.
  bool take(peer_name neighbour, peer_name who, instant now,
            std::uint32_t count = answer_limits::shares);

  /// Like `answer_limits::correct`.
  void correct(peer_name neighbour, peer_name who, instant now,
               std::uint32_t taken, std::uint32_t used);

  /// Like `correct`, but changes only the limits of all neighbours together. If
  /// a small value is sent as a whole, these limits count only its size. The
  /// peer's own limits always count a whole value as a full answer, however
  /// small it is.
  void correct_in_all(peer_name neighbour, peer_name who, instant now,
                      std::uint32_t taken, std::uint32_t used);

  /// The number of neighbours that are remembered, and the number of peers that
  /// are remembered for all neighbours together. Both kinds are forgotten a few
  /// minutes after their last answers.
  std::size_t neighbours() const noexcept;
  std::size_t peers() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh
