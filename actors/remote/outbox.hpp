#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include "actors/core/remote/bodies.hpp"
#include "actors/remote/drop_counts.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Something to tell another node. Messages are encoded by the thread that
/// sends them; everything else may come from under the locks of actors and is
/// encoded by the postman.
struct outgoing_item {
  remote::body_kind kind = remote::body_kind::message;
  caf::actor_id actor = 0;
  bytes encoded;               ///< of a message
  caf::error reason;           ///< of `exit` and `down`
  caf::strong_actor_ptr party; ///< requester, local actor of a link, or proxy
  caf::message_id request;     ///< of `party`; async: none
  std::uint64_t number = 0;    ///< of the request on the wire; of `credit`
  std::uint64_t label = 0;     ///< of data; see data_label
  std::size_t cost = 0;        ///< of data
};

/// What waits for the postman, in order, for one node. May be used from any
/// thread. No lock is taken while its lock is held.
class outbox {
public:
  explicit outbox(caf::node_id node) : node_(std::move(node)) {
  }

  const caf::node_id& node() const noexcept {
    return node_;
  }

  /// Adds data unless more than `window` would wait or be on its way.
  bool push_data(outgoing_item x, std::size_t window) {
    auto cost = x.cost;
    std::lock_guard<std::mutex> guard{mutex_};
    auto used = cost_ + in_flight_.load(std::memory_order_relaxed);
    if (used > 0 && used + cost > window)
      return false;
    cost_ += cost;
    items_.push_back(std::move(x));
    return true;
  }
  /// Adds what must not be dropped.
  void push(outgoing_item x) {
    std::lock_guard<std::mutex> guard{mutex_};
    cost_ += x.cost;
    items_.push_back(std::move(x));
  }
  std::vector<outgoing_item> take() {
    std::lock_guard<std::mutex> guard{mutex_};
    cost_ = 0;
    return std::exchange(items_, {});
  }
  void set_in_flight(std::uint64_t cost) noexcept {
    in_flight_.store(cost, std::memory_order_relaxed);
  }

  /// The messages to and from the node's actors that were dropped here.
  drop_counts& drops() noexcept {
    return drops_;
  }

  /// Whether the postman has to be told.
  bool mark() noexcept {
    return !marked_.exchange(true);
  }
  void unmark() noexcept {
    marked_ = false;
  }

private:
  caf::node_id node_;
  std::mutex mutex_;
  std::vector<outgoing_item> items_;
  std::size_t cost_ = 0;
  drop_counts drops_;
  std::atomic<std::uint64_t> in_flight_{0};
  std::atomic<bool> marked_{false};
};

using outbox_ptr = std::shared_ptr<outbox>;

} // namespace cafmesh
