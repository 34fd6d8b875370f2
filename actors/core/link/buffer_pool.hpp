#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Memory for what is read off one connection. A block that everybody has let
/// go of is used again: fresh memory costs a page fault for every 4 KiB, which
/// with 64 KiB frames was most of the way from socket to gossiper. What is needed
/// seldom is not kept: of most connections that is what a new peer is told, and
/// 300 nodes in one process took a fifth more memory with it.
class buffer_pool {
public:
  /// Blocks below this size are not kept: the allocator is quick with them,
  /// and who keeps a small message should not keep a large block alive.
  static constexpr std::size_t least_size = 16 * 1024;

  /// Bytes that the shelf holds at most.
  static constexpr std::size_t capacity = 8 * 1024 * 1024;

  /// So many that were asked for since the last `clear` are not kept.
  static constexpr std::size_t seldom = 8;

  /// A block of at least `size` bytes, their values unspecified, that nobody
  /// else holds.
  std::shared_ptr<bytes> take(std::size_t size);

  /// Does not keep this one any longer.
  void forget(const std::shared_ptr<bytes>& x) noexcept;

  /// Lets go of everything; blocks in use live on with their users.
  void clear() noexcept;

  std::size_t size() const noexcept {
    return size_;
  }

private:
  void keep(const std::shared_ptr<bytes>& x);
  void make_room(std::size_t size);

  std::vector<std::shared_ptr<bytes>> blocks_;
  std::size_t size_ = 0;
  std::size_t asked_for_ = 0; // since the last `clear`, up to `seldom`
};

} // namespace cafmesh
