#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace cafmesh {

/// A header, followed by items, in one block of memory. Immutable, and shared
/// by all copies. A copy takes eight bytes. A shared pointer to a vector would
/// take two blocks and 56 bytes more, which matters if there are thousands of
/// them.
template <class Header, class Item>
class shared_block {
public:
  shared_block() noexcept = default;

  shared_block(Header header, const Item* items, std::size_t count) {
    auto* memory = ::operator new(sizeof(block) + count * sizeof(Item));
    block_ =
      new (memory) block{std::move(header), static_cast<std::uint32_t>(count)};
    std::uninitialized_copy_n(items, count,
                              reinterpret_cast<Item*>(block_ + 1));
  }

  shared_block(const shared_block& x) noexcept : block_(x.block_) {
    if (block_)
      block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  shared_block(shared_block&& x) noexcept
      : block_(std::exchange(x.block_, nullptr)) {
  }
  shared_block& operator=(shared_block x) noexcept {
    std::swap(block_, x.block_);
    return *this;
  }
  ~shared_block() {
    if (block_ && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      block_->~block();
      ::operator delete(block_);
    }
  }

  explicit operator bool() const noexcept {
    return block_ != nullptr;
  }

  /// @pre not empty
  const Header& header() const noexcept {
    return *block_;
  }

  std::size_t size() const noexcept {
    return block_ ? block_->count : 0;
  }
  const Item* begin() const noexcept {
    return block_ ? reinterpret_cast<const Item*>(block_ + 1) : nullptr;
  }
  const Item* end() const noexcept {
    return begin() + size();
  }

  /// The address of the block. Does not access the block itself.
  const void* address() const noexcept {
    return block_;
  }

  /// Whether no other object shares the block. A result of false may become
  /// outdated at any time, because other threads may release the block.
  /// @pre no other thread copies this object during the call
  bool is_only_owner() const noexcept {
    return block_ && block_->owners.load(std::memory_order_acquire) == 1;
  }

private:
  struct block : Header {
    block(Header x, std::uint32_t size) : Header(std::move(x)), count(size) {
    }
    std::atomic<std::uint32_t> owners{1};
    std::uint32_t count;
  };
  static_assert(std::is_trivially_copyable_v<Item>);
  static_assert(alignof(Item) <= alignof(block)
                && alignof(block) <= alignof(std::max_align_t));

  block* block_ = nullptr;
};

} // namespace cafmesh
