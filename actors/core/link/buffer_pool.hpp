#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Memory blocks for reading from one connection. The pool reuses a block that
/// nobody else holds, because new memory costs a page fault per 4 KiB. For
/// large frames, page faults are most of the cost of receiving. The pool keeps
/// no blocks until it has handed out `not_kept` of them, because most
/// connections carry a lot of data only at first, when a new peer receives
/// everything.
class buffer_pool {
public:
  /// The minimum size of a kept block, in bytes. The allocator handles smaller
  /// blocks quickly.
  static constexpr std::size_t least_size = 16 * 1024;

  /// The maximum number of bytes that the pool keeps.
  static constexpr std::size_t capacity = 8 * 1024 * 1024;

  /// The pool keeps no blocks until it has handed out this number of blocks of
  /// at least `least_size` since its construction or the last `clear`. This is
  /// more than a connection needs while a mesh forms.
  static constexpr std::size_t not_kept = 64;

  /// Returns a block of at least `size` bytes with unspecified contents. No
  /// other caller holds the block.
  std::shared_ptr<bytes> take(std::size_t size);

  /// Removes a block from the pool. Does nothing if the block is not in the
  /// pool.
  void forget(const std::shared_ptr<bytes>& x) noexcept;

  /// Removes all blocks. Blocks in use stay valid for their holders.
  void clear() noexcept;

  /// The number of bytes that the pool keeps, including blocks in use.
  std::size_t size() const noexcept {
    return size_;
  }

private:
  void keep(const std::shared_ptr<bytes>& x);
  void make_room(std::size_t size);

  std::vector<std::shared_ptr<bytes>> blocks_;
  std::size_t size_ = 0;
  // The number of blocks of at least `least_size` handed out since the last
  // `clear`, up to `not_kept`.
  std::size_t handed_out_ = 0;
};

} // namespace cafmesh
