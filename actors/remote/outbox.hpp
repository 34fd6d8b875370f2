#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include "actors/core/remote/bodies.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/drop_counts.hpp"
#include <cafmesh/bytes.hpp>

/// The items that wait to be sent to the actors of another node.
namespace cafmesh {

/// Something to send to another node. A message is encoded by the thread that
/// sends it. Other items are encoded by the postman: encoding locks the actors
/// whose handles an item contains, and the thread that posts such an item may
/// already hold an actor's lock.
struct outgoing_item {
  remote::body_kind kind = remote::body_kind::message;
  caf::actor_id actor = 0;
  caf::actor_id sender = 0;    ///< local sender of a message
  bytes encoded;               ///< of a message
  caf::error reason;           ///< of `exit` and `down`
  caf::strong_actor_ptr party; ///< requester, local actor of a link, or proxy
  caf::message_id request;     ///< of `party`, unless async
  /// A request's number on the wire, an amount of credit, or the session of a
  /// released lease, depending on `kind`.
  std::uint64_t number = 0;
  std::uint64_t label = 0;   ///< of a message; see data_label
  remote::message_cost cost; ///< of a message, counted against windows
};

/// The items for one node that wait for the postman, in order. May be used from
/// any thread and under any lock, because it takes no other lock.
class outbox {
public:
  explicit outbox(caf::node_id node) : node_(std::move(node)) {
  }

  const caf::node_id& node() const noexcept {
    return node_;
  }

  enum class pushed { refused, added, fills_packet };

  /// Adds a message, unless more than `window` bytes would then wait or be on
  /// their way. Large messages are counted apart from others. A message is
  /// added whatever its size if no other of its kind waits or is on its way.
  /// @returns `fills_packet` each time that so many bytes have been added that
  ///          the postman should not wait for more
  pushed push_data(outgoing_item x, std::size_t window) {
    auto cost = x.cost;
    std::lock_guard<std::mutex> guard{mutex_};
    auto& mine = cost.is_large ? large_ : small_;
    auto used = mine.waiting + mine.in_flight.load(std::memory_order_relaxed);
    if (used > 0 && used + cost.bytes > window)
      return pushed::refused;
    auto packets = mine.waiting / packet;
    mine.waiting += cost.bytes;
    items_.push_back(std::move(x));
    return mine.waiting / packet > packets ? pushed::fills_packet
                                           : pushed::added;
  }
  /// Adds an item regardless of the window, because it must not be dropped.
  void push(outgoing_item x) {
    std::lock_guard<std::mutex> guard{mutex_};
    (x.cost.is_large ? large_ : small_).waiting += x.cost.bytes;
    items_.push_back(std::move(x));
  }
  /// If the last item tells the peer of a handle of this actor, removes the
  /// item, because the handle is gone.
  /// @returns whether the item was removed
  bool retract_lease(caf::actor_id x) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (items_.empty() || items_.back().kind != remote::body_kind::lease
        || items_.back().actor != x)
      return false;
    items_.pop_back();
    return true;
  }
  bool is_empty() {
    std::lock_guard<std::mutex> guard{mutex_};
    return items_.empty();
  }
  std::size_t size() {
    std::lock_guard<std::mutex> guard{mutex_};
    return items_.size();
  }
  /// Roughly the memory of the items, in bytes.
  std::size_t memory() {
    std::lock_guard<std::mutex> guard{mutex_};
    return small_.waiting + large_.waiting
           + items_.size() * sizeof(outgoing_item);
  }
  std::vector<outgoing_item> take() {
    std::lock_guard<std::mutex> guard{mutex_};
    small_.waiting = large_.waiting = 0;
    return std::exchange(items_, {});
  }
  /// Puts items that were taken, but cannot be sent yet, before all others.
  void put_back(std::vector<outgoing_item> xs) {
    std::lock_guard<std::mutex> guard{mutex_};
    for (const auto& x : xs)
      (x.cost.is_large ? large_ : small_).waiting += x.cost.bytes;
    std::move(items_.begin(), items_.end(), std::back_inserter(xs));
    items_ = std::move(xs);
  }
  void set_in_flight(std::uint64_t small, std::uint64_t large) noexcept {
    small_.in_flight.store(small, std::memory_order_relaxed);
    large_.in_flight.store(large, std::memory_order_relaxed);
  }

  /// Whether so many control frames wait for the peer that this node must make
  /// no new handles of its actors.
  bool peer_is_behind() const noexcept {
    return peer_is_behind_.load(std::memory_order_relaxed);
  }
  void set_peer_is_behind(bool x) noexcept {
    peer_is_behind_.store(x, std::memory_order_relaxed);
  }

  /// How many messages from and to the actors of the node were dropped.
  drop_counts& drops() noexcept {
    return drops_;
  }

  /// Marks the outbox as filled.
  /// @returns false if it was marked already
  bool mark() noexcept {
    return !marked_.exchange(true);
  }
  bool is_marked() const noexcept {
    return marked_;
  }
  void unmark() noexcept {
    marked_ = false;
  }

private:
  // About the size of a packet, in bytes.
  static constexpr std::uint64_t packet = 32 * 1024;

  struct costs {
    std::uint64_t waiting = 0;
    std::atomic<std::uint64_t> in_flight{0};
  };

  caf::node_id node_;
  std::mutex mutex_;
  std::vector<outgoing_item> items_;
  costs small_;
  costs large_;
  drop_counts drops_;
  std::atomic<bool> marked_{false};
  std::atomic<bool> peer_is_behind_{false};
};

using outbox_ptr = std::shared_ptr<outbox>;

} // namespace cafmesh
