#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Bytes that wait to be written to a socket, oldest first. Unlike a vector,
/// the buffer does not clear new memory, which the caller overwrites anyway.
class output_buffer {
public:
  /// When the buffer becomes empty, it does not free memory of up to this size,
  /// in bytes.
  static constexpr std::size_t most_kept = 512;
  /// When the buffer becomes empty, it frees memory larger than `most_kept`,
  /// but at most this many times between two calls of `relax`. After that, it
  /// keeps the memory.
  static constexpr unsigned most_frees = 64;
  /// The waiting bytes are moved to the front only if more than this number of
  /// unused bytes precede them.
  static constexpr std::size_t worth_moving = 1024 * 1024;

  /// The waiting bytes. Valid until the next call that is not const.
  byte_view view() const noexcept {
    return {data_.get() + start_, end_ - start_};
  }
  bool empty() const noexcept {
    return start_ == end_;
  }

  /// Appends `size` bytes, which the caller has to fill in.
  /// @returns the first of these bytes; valid until the next call that is not
  ///          const.
  std::uint8_t* extend(std::size_t size);

  void append(byte_view xs);

  /// Removes the first `size` bytes.
  /// @pre `size <= view().size()`
  void drop_front(std::size_t size) noexcept;

  /// To be called periodically. Frees memory if less than half of the capacity
  /// was needed since the last call.
  void relax();

  std::size_t capacity() const noexcept {
    return capacity_;
  }

private:
  void move_to(std::size_t capacity);

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t capacity_ = 0;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  // Since the last `relax`: the greatest value of `end_`, and how often memory
  // was freed.
  std::size_t greatest_end_ = 0;
  unsigned times_freed_ = 0;
};

} // namespace cafmesh
