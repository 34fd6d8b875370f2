#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Memory of messages that were sent, for further messages. Otherwise each
/// message would be allocated in its sender's thread and freed in the
/// postman's, which costs more than the encoding. May be used from any thread.
class spare_buffers {
public:
  static constexpr std::size_t most = 1024;

  spare_buffers() {
    kept_.reserve(most);
  }

  /// An empty buffer. Has no memory if none is kept or another thread is busy
  /// here, because the allocator takes less time than waiting.
  bytes take() noexcept {
    bytes result;
    if (busy_.test_and_set(std::memory_order_acquire))
      return result;
    if (!kept_.empty()) {
      result = std::move(kept_.back());
      kept_.pop_back();
    }
    busy_.clear(std::memory_order_release);
    result.clear();
    return result;
  }
  void give(std::vector<bytes> xs) noexcept {
    if (xs.empty() || busy_.test_and_set(std::memory_order_acquire))
      return;
    const auto count = std::min(xs.size(), most - kept_.size());
    std::move(xs.begin(), xs.begin() + static_cast<std::ptrdiff_t>(count),
              std::back_inserter(kept_));
    busy_.clear(std::memory_order_release);
  }

private:
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::vector<bytes> kept_; // its memory is reserved, so that nothing throws
};

} // namespace cafmesh
