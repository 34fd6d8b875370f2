#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>

namespace cafmesh {

/// A base class of objects that are made in one thread and destroyed in
/// another, many at a time. Keeps the memory of up to `Most` destroyed objects
/// for new objects. Otherwise the allocator would merge and split these blocks,
/// which would cost more than all other work on the objects.
/// @tparam T the only class that is derived from this one
template <class T, std::size_t Most>
class pooled {
public:
  static void* operator new(std::size_t size) {
    return blocks().take(size);
  }
  static void operator delete(void* block) noexcept {
    blocks().give(block);
  }

private:
  class pool {
  public:
    // If the pool is busy, calls the allocator, which takes less time than
    // waiting.
    void* take(std::size_t size) {
      void* result = nullptr;
      if (!busy_.test_and_set(std::memory_order_acquire)) {
        if (count_ > 0)
          result = kept_[--count_];
        busy_.clear(std::memory_order_release);
      }
      return result ? result : ::operator new(size);
    }
    /// Frees the blocks. From now on, the pool keeps no blocks.
    void close() noexcept {
      while (busy_.test_and_set(std::memory_order_acquire))
        std::this_thread::yield();
      while (count_ > 0)
        ::operator delete(kept_[--count_]);
      closed_ = true;
      busy_.clear(std::memory_order_release);
    }
    void give(void* block) noexcept {
      if (!busy_.test_and_set(std::memory_order_acquire)) {
        if (count_ < Most && !closed_)
          kept_[count_++] = std::exchange(block, nullptr);
        busy_.clear(std::memory_order_release);
      }
      ::operator delete(block);
    }

  private:
    std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
    std::size_t count_ = 0;
    bool closed_ = false;
    std::array<void*, Most> kept_{};
  };

  struct closing {
    pool& what;
    ~closing() {
      what.close();
    }
  };

  // Never destroyed, because pooled objects may outlive static objects.
  static pool& blocks() {
    static_assert(std::is_trivially_destructible_v<pool>);
    static pool result;
    static const closing at_end{result};
    return result;
  }
};

} // namespace cafmesh
