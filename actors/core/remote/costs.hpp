#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/core/remote/packets.hpp"

/// The cost of data between actors. For each receiver, a window limits the cost
/// of the data that was sent to it and that it has not processed yet.
namespace cafmesh::remote {

/// The cost of a frame of `size` bytes. It is more than `size`, so that the
/// number of empty messages is limited too.
constexpr std::uint64_t cost_of_frame(std::size_t size) noexcept {
  return size + 64;
}

/// The cost of a fragment of `size` bytes. An empty fragment costs nothing,
/// because it only says that the sender has abandoned the message.
constexpr std::uint64_t cost_of_fragment(std::size_t size) noexcept {
  return size == 0 ? 0 : cost_of_frame(size);
}

/// Large messages have a window of their own, so that small ones can be sent
/// while large ones wait.
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

/// The cost of what one side has sent or is going to send. There is one such
/// object for small messages, and one for large messages.
class sent_cost {
public:
  void add(std::uint64_t cost) noexcept {
    sent_ += cost;
  }
  /// To be called when the receiver reports the cost of all data that it has
  /// processed so far.
  void processed(std::uint64_t total) noexcept {
    if (total > processed_)
      processed_ = total < sent_ - lost_ ? total : sent_ - lost_;
  }
  void lost(std::uint64_t cost) noexcept {
    lost_ += cost < outstanding() ? cost : outstanding();
  }
  /// The cost of data that was neither processed nor lost.
  std::uint64_t outstanding() const noexcept {
    return sent_ - processed_ - lost_;
  }

private:
  std::uint64_t sent_ = 0;
  std::uint64_t processed_ = 0;
  std::uint64_t lost_ = 0;
};

} // namespace cafmesh::remote
