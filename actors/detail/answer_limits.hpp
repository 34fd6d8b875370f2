#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Decides which questions for a whole value are answered. Any member can ask
/// in another peer's name, so the rate of answers is limited, for each peer and
/// in total. A peer that gets no answer gets the value with the next periodic
/// gossip.
class answer_limits {
public:
  /// Answers allowed at once, and the time after which one more is allowed.
  static constexpr std::uint32_t burst_per_peer = 2;
  static constexpr duration interval_per_peer = std::chrono::minutes{1};
  static constexpr std::uint32_t burst = 16;
  static constexpr duration interval = std::chrono::seconds{5};

  answer_limits();
  answer_limits(const answer_limits&) = delete;
  answer_limits& operator=(const answer_limits&) = delete;
  ~answer_limits();

  /// Whether to answer a question that `who` is said to have asked.
  bool take(peer_name who, instant now);

  /// The number of peers that are remembered: those that got an answer in the
  /// last two minutes, hence at most 40.
  std::size_t peers() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh
