#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Bytes on their way to a socket, oldest first. Unlike a vector's, new room is
/// not cleared: it is written over at once.
class output_buffer {
public:
  /// Room for as much costs little to keep.
  static constexpr std::size_t worth_freeing = 2 * 1024;
  /// Below this, moving up what waits saves nothing.
  static constexpr std::size_t worth_moving = 1024 * 1024;

  /// What waits. Valid until the next call that is not const.
  byte_view view() const noexcept {
    return {data_.get() + start_, end_ - start_};
  }
  bool empty() const noexcept {
    return start_ == end_;
  }

  /// Room for `size` bytes behind what waits, their values unspecified. Valid
  /// until the next call that is not const.
  std::uint8_t* extend(std::size_t size);

  void append(byte_view xs);

  /// The first `size` bytes have left. @pre `size <= view().size()`
  void drop_front(std::size_t size) noexcept;

  /// To be called now and then: gives back memory of which less than half was of
  /// use since the last time.
  void relax();

  std::size_t capacity() const noexcept {
    return capacity_;
  }

private:
  /// With `capacity` bytes, and what waits at their start.
  void move_to(std::size_t capacity);

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t capacity_ = 0;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  // Since the last `relax`, both:
  std::size_t greatest_end_ = 0;
  bool was_emptied_ = false;
};

} // namespace cafmesh
