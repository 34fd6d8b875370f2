#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>

#include <caf/intrusive_ptr.hpp>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Immutable bytes, up to 4 GiB. Copies share the same memory, in any number of
/// threads. Unlike `payload`, this class has no slices, and takes one piece of
/// memory with 8 bytes more than the bytes themselves.
class packed_bytes {
public:
  packed_bytes() noexcept = default;

  /// @throws std::length_error beyond 4 GiB
  explicit packed_bytes(byte_view xs) {
    if (xs.empty())
      return;
    if (xs.size() > UINT32_MAX)
      throw std::length_error{"packed_bytes"};
    void* memory = ::operator new(sizeof(block) + xs.size());
    block_.reset(new (memory) block{static_cast<std::uint32_t>(xs.size())},
                 false);
    std::memcpy(block_->data(), xs.data(), xs.size());
  }

  byte_view view() const noexcept {
    if (!block_)
      return {};
    return {block_->data(), block_->size};
  }
  std::size_t size() const noexcept {
    return block_ ? block_->size : 0;
  }
  bool empty() const noexcept {
    return !block_;
  }

private:
  struct block {
    explicit block(std::uint32_t count) noexcept : size(count) {
    }

    std::uint8_t* data() noexcept {
      return reinterpret_cast<std::uint8_t*>(this + 1);
    }

    friend void intrusive_ptr_add_ref(block* x) noexcept {
      x->references.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(block* x) noexcept {
      if (x->references.fetch_sub(1, std::memory_order_acq_rel) > 1)
        return;
      x->~block();
      ::operator delete(static_cast<void*>(x));
    }

    std::atomic<std::uint32_t> references{1};
    std::uint32_t size;
  };

  caf::intrusive_ptr<block> block_; // null if there are no bytes
};

inline bool operator==(const packed_bytes& x, const packed_bytes& y) noexcept {
  return x.view() == y.view();
}

} // namespace cafmesh
