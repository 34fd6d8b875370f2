#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <new>

namespace cafmesh {

/// A base class of objects that are made in one thread and destroyed in
/// another, many at a time. Keeps the memory of up to `Most` of them for the
/// next ones. The allocator would merge such blocks and split them again, which
/// costs more than the rest of their handling.
/// @tparam T the class that is derived from this one, and from which no other
/// is
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
    // Does not wait for another thread: the allocator takes less time.
    void* take(std::size_t size) {
      if (std::unique_lock<std::mutex> guard{mutex_, std::try_to_lock};
          guard && count_ > 0)
        return kept_[--count_];
      return ::operator new(size);
    }
    void give(void* block) noexcept {
      if (std::unique_lock<std::mutex> guard{mutex_, std::try_to_lock};
          guard && count_ < Most) {
        kept_[count_++] = block;
        return;
      }
      ::operator delete(block);
    }

  private:
    std::mutex mutex_;
    std::size_t count_ = 0;
    std::array<void*, Most> kept_{};
  };

  // Never destroyed, because objects may outlive the static ones.
  static pool& blocks() {
    static auto& result = *new pool;
    return result;
  }
};

} // namespace cafmesh
