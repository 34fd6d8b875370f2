#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/core/remote/packets.hpp"

/// What data costs the window of its sender.
namespace cafmesh::remote {

/// More than the bytes, so that empty messages are bounded too.
constexpr std::uint64_t cost_of_frame(std::size_t size) noexcept {
  return size + 64;
}

/// A fragment without bytes, which gives a message up, costs nothing.
constexpr std::uint64_t cost_of_fragment(std::size_t size) noexcept {
  return size == 0 ? 0 : cost_of_frame(size);
}

/// What a message costs in all. Large messages have a window of their own, so
/// that small ones can be sent meanwhile.
struct message_cost {
  std::uint64_t bytes = 0;
  bool is_large = false;
};

constexpr message_cost
cost_of_message(std::size_t size,
                std::size_t fragment = fragment_size) noexcept {
  if (size <= fragment)
    return {cost_of_frame(size), false};
  auto fragments = (size + fragment - 1) / fragment;
  return {size + fragments * cost_of_frame(0), true};
}

/// The cost of what one side has sent, or will send, of small or of large
/// messages.
class sent_cost {
public:
  void add(std::uint64_t cost) noexcept {
    sent_ += cost;
  }
  /// The receiver has processed this much in all.
  void processed(std::uint64_t total) noexcept {
    if (total > processed_)
      processed_ = total < sent_ - lost_ ? total : sent_ - lost_;
  }
  void lost(std::uint64_t cost) noexcept {
    lost_ += cost < outstanding() ? cost : outstanding();
  }
  /// What was neither processed nor lost.
  std::uint64_t outstanding() const noexcept {
    return sent_ - processed_ - lost_;
  }

private:
  std::uint64_t sent_ = 0;
  std::uint64_t processed_ = 0;
  std::uint64_t lost_ = 0;
};

} // namespace cafmesh::remote
