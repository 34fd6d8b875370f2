#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <type_traits>

namespace cafmesh {

/// A base class of objects that are made in one thread and destroyed in
/// another, many at a time. Keeps the memory of up to `Most` destroyed objects
/// for new ones. The allocator would merge such blocks and split them again,
/// which would cost more than all other work on these objects.
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
    // Does not wait for the lock, because the allocator takes less time.
    void* take(std::size_t size) {
      if (std::unique_lock<std::mutex> guard{mutex_, std::try_to_lock};
          guard && count_ > 0)
        return kept_[--count_];
      return ::operator new(size);
    }
    /// Frees the blocks, and keeps none from now on.
    void close() noexcept {
      std::lock_guard<std::mutex> guard{mutex_};
      while (count_ > 0)
        ::operator delete(kept_[--count_]);
      closed_ = true;
    }
    void give(void* block) noexcept {
      if (std::unique_lock<std::mutex> guard{mutex_, std::try_to_lock};
          guard && count_ < Most && !closed_) {
        kept_[count_++] = block;
        return;
      }
      ::operator delete(block);
    }

  private:
    std::mutex mutex_;
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

  // The pool is never destroyed, because pooled objects may outlive static
  // ones.
  static pool& blocks() {
    static_assert(std::is_trivially_destructible_v<pool>);
    static pool result;
    static const closing at_end{result};
    return result;
  }
};

} // namespace cafmesh
