#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// An immutable, reference-counted sequence of bytes. Copies and slices share
/// the same memory, in any number of threads. A slice keeps the whole sequence
/// in memory. To keep a small slice for a long time, keep its `compact()`
/// instead.
class payload {
public:
  payload() noexcept = default;

  /// Takes ownership of the bytes without copying them.
  explicit payload(bytes xs)
      : owner_(std::make_shared<const bytes>(std::move(xs))), view_(*owner_) {
  }

  /// The first `size` bytes of a block.
  /// @pre `size <= block->size()`, and nobody writes to the block
  payload(std::shared_ptr<const bytes> block, std::size_t size)
      : owner_(std::move(block)), view_(owner_->data(), size) {
  }

  static payload copy_of(byte_view xs) {
    return payload{xs.to_bytes()};
  }

  byte_view view() const noexcept {
    return view_;
  }
  std::size_t size() const noexcept {
    return view_.size();
  }
  bool empty() const noexcept {
    return view_.empty();
  }

  /// Returns a part of the payload without copying the bytes. If `count` is too
  /// large, the part ends where the payload ends.
  /// @pre `offset <= size()`
  payload slice(std::size_t offset, std::size_t count) const {
    return payload{owner_, view_.sub(offset, count)};
  }

  /// The same bytes in a payload that keeps at most twice their size in memory.
  /// Copies the bytes if this payload keeps more.
  payload compact() const {
    if (!owner_ || owner_->capacity() <= 2 * view_.size())
      return *this;
    return copy_of(view_);
  }

private:
  payload(std::shared_ptr<const bytes> owner, byte_view view) noexcept
      : owner_(std::move(owner)), view_(view) {
  }

  std::shared_ptr<const bytes> owner_;
  byte_view view_;
};

inline bool operator==(const payload& x, const payload& y) noexcept {
  return x.view() == y.view();
}

} // namespace cafmesh
