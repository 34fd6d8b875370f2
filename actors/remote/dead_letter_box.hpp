#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/node_id.hpp>

#include "actors/remote/drop_counts.hpp"

namespace cafmesh {

struct dropped_message {
  caf::node_id node; ///< the receiver's node
  caf::actor_id receiver = 0;
  std::vector<std::string> types;
  caf::error why;
};

/// Counts dropped messages. While somebody watches, also keeps a description of
/// each dropped message until the postman takes it. May be used from any
/// thread.
class dead_letter_box {
public:
  /// The maximum number of descriptions that wait for the postman. Further
  /// messages are only counted.
  static constexpr std::size_t most = 256;

  /// @param filled is called when a description is put into an empty box
  explicit dead_letter_box(std::function<void()> filled)
      : filled_(std::move(filled)) {
  }

  /// Counts a dropped message. `types` is called only if the names of the
  /// message's types are needed.
  template <class F>
  void add(const caf::node_id& node, caf::actor_id receiver,
           const caf::error& why, F types) {
    counts_.add(why);
    if (!is_watched_.load(std::memory_order_relaxed) || !has_room())
      return;
    put({node, receiver, types(), why});
  }
  const drop_counts& counts() const noexcept {
    return counts_;
  }

  // -- for the postman

  void set_watched(bool x) {
    std::lock_guard<std::mutex> guard{mutex_};
    is_watched_ = x;
    waiting_.clear();
    missed_ = 0;
  }
  struct taken {
    std::vector<dropped_message> all;
    std::uint64_t missed = 0;
  };
  taken take() {
    std::lock_guard<std::mutex> guard{mutex_};
    return {std::exchange(waiting_, {}), std::exchange(missed_, 0)};
  }

private:
  bool has_room() {
    std::lock_guard<std::mutex> guard{mutex_};
    if (waiting_.size() < most)
      return true;
    ++missed_;
    return false;
  }
  void put(dropped_message x) {
    bool first = false;
    {
      std::lock_guard<std::mutex> guard{mutex_};
      if (!is_watched_)
        return;
      first = waiting_.empty();
      waiting_.push_back(std::move(x));
    }
    if (first)
      filled_();
  }

  std::function<void()> filled_;
  drop_counts counts_;
  std::atomic<bool> is_watched_{false};
  std::mutex mutex_;
  std::vector<dropped_message> waiting_;
  std::uint64_t missed_ = 0;
};

} // namespace cafmesh
