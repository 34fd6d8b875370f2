#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include "actors/core/remote/bodies.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/data_label.hpp"
#include "actors/remote/drop_counts.hpp"
#include "actors/remote/held_answers.hpp"
#include "actors/remote/owed_answers.hpp"
#include <cafmesh/bytes.hpp>

/// The items that wait to be sent to the actors of another node.
namespace cafmesh {

/// Something to send to another node. The thread that sends a message encodes
/// it. The postman encodes the other items, because encoding locks the actors
/// whose handles an item contains, and the thread that posts such an item may
/// already hold an actor's lock.
struct outgoing_item {
  remote::body_kind kind = remote::body_kind::message;
  caf::actor_id actor = 0;
  caf::actor_id sender = 0; ///< local sender of a message
  bytes encoded;            ///< of a message
  /// Of `exit` and `down`. Messages lack it, because moving an empty error
  /// costs a call into CAF.
  std::optional<caf::error> reason;
  /// Requester, sender of an exit, local actor of a link, or proxy.
  caf::strong_actor_ptr party;
  caf::message_id request; ///< of `party`, unless async
  /// A request's number on the wire, an amount of credit, or the session of a
  /// released lease, depending on `kind`.
  std::uint64_t number = 0;
  std::uint64_t label = 0;   ///< of a message; see data_label
  remote::message_cost cost; ///< of a message, counted against windows

  bool is_data() const noexcept {
    return kind == remote::body_kind::message
           || kind == remote::body_kind::exit;
  }
  bool is_answer() const noexcept {
    return data_label::of(label).kind == data_label::what::answer;
  }
};

/// An answer that was dropped for lack of room.
struct lost_answer {
  std::uint64_t request = 0; ///< its number on the wire
  bool was_carried_out = true;
};

struct outbox_content {
  std::vector<outgoing_item> items;
  std::vector<lost_answer> lost;
};

/// The items for one node that wait for the postman, in order. May be used from
/// any thread and under any lock, because it takes only its own lock.
class outbox {
public:
  /// @param all_answers limits the answers to all nodes; null: no limit
  explicit outbox(caf::node_id node, common_limit_ptr all_answers = nullptr)
      : node_(std::move(node)), answers_(std::move(all_answers)) {
  }

  const caf::node_id& node() const noexcept {
    return node_;
  }

  enum class pushed { refused, added, fills_packet };

  /// Adds a message, unless more than `window` bytes would be waiting or on
  /// their way. Large messages are counted separately. A message of any size is
  /// added if no other message of its kind waits or is on its way. An answer
  /// also needs room among the answers to all nodes.
  /// @returns `fills_packet` each time that the added bytes fill a packet,
  ///          which the postman should send without delay
  pushed push_data(outgoing_item&& x, std::size_t window) {
    auto cost = x.cost;
    std::lock_guard<std::mutex> guard{mutex_};
    auto& mine = cost.is_large ? large_ : small_;
    auto used = mine.waiting + mine.in_flight.load(std::memory_order_relaxed);
    if (used > 0 && used + cost.bytes > window)
      return pushed::refused;
    if (x.is_answer() && !answers_.add(cost.bytes))
      return pushed::refused;
    auto packets = mine.waiting / packet;
    mine.waiting += cost.bytes;
    if (items_.empty())
      items_.reserve(std::min(latest_taken_, most_reserved));
    items_.push_back(std::move(x));
    return mine.waiting / packet > packets ? pushed::fills_packet
                                           : pushed::added;
  }
  /// Adds an item that must not be dropped, even beyond the window.
  void push(outgoing_item x) {
    std::lock_guard<std::mutex> guard{mutex_};
    (x.cost.is_large ? large_ : small_).waiting += x.cost.bytes;
    items_.push_back(std::move(x));
  }
  /// Adds a lost answer, so that the peer is told of the loss.
  void push_lost(lost_answer x) {
    std::lock_guard<std::mutex> guard{mutex_};
    lost_.push_back(x);
  }
  /// Removes the last item if it tells the peer of a handle of this actor. The
  /// caller has released that handle.
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
    return items_.empty() && lost_.empty();
  }
  std::size_t size() {
    std::lock_guard<std::mutex> guard{mutex_};
    return items_.size();
  }
  /// Roughly the memory of the items, in bytes.
  std::size_t memory() {
    std::lock_guard<std::mutex> guard{mutex_};
    return small_.waiting + large_.waiting
           + items_.size() * sizeof(outgoing_item)
           + lost_.size() * sizeof(lost_answer);
  }
  outbox_content take() {
    std::lock_guard<std::mutex> guard{mutex_};
    small_.waiting = large_.waiting = 0;
    answers_.take();
    latest_taken_ = items_.size();
    return {std::exchange(items_, {}), std::exchange(lost_, {})};
  }
  std::vector<lost_answer> take_lost() {
    std::lock_guard<std::mutex> guard{mutex_};
    return std::exchange(lost_, {});
  }
  /// Puts back items that were taken but cannot be sent yet, in front of all
  /// others.
  void put_back(outbox_content x) {
    auto& [items, lost] = x;
    std::lock_guard<std::mutex> guard{mutex_};
    for (const auto& item : items) {
      (item.cost.is_large ? large_ : small_).waiting += item.cost.bytes;
      if (item.is_answer())
        answers_.put_back(item.cost.bytes);
    }
    std::move(items_.begin(), items_.end(), std::back_inserter(items));
    items_ = std::move(items);
    lost_.insert(lost_.end(), lost.begin(), lost.end());
  }
  /// Call this function after `take`, once everything taken is sent, put back
  /// or dropped.
  /// @param answers the part of `small` and `large` that belongs to answers
  void set_in_flight(std::uint64_t small, std::uint64_t large,
                     std::uint64_t answers) noexcept {
    small_.in_flight.store(small, std::memory_order_relaxed);
    large_.in_flight.store(large, std::memory_order_relaxed);
    answers_.set_in_flight(answers);
    if (!answers_.is_charged())
      return;
    std::lock_guard<std::mutex> guard{mutex_};
    answers_.charge();
  }

  /// Whether this node must make no new handles of the peer's actors, because
  /// too many control frames wait for the peer.
  bool peer_is_behind() const noexcept {
    return peer_is_behind_.load(std::memory_order_relaxed);
  }
  void set_peer_is_behind(bool x) noexcept {
    peer_is_behind_.store(x, std::memory_order_relaxed);
  }

  owed_answers& owed() noexcept {
    return owed_;
  }
  /// How many messages from and to the actors of the node were dropped.
  drop_counts& drops() noexcept {
    return drops_;
  }

  /// @returns false if the outbox was marked already
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
  // In bytes; about the size of a packet.
  static constexpr std::uint64_t packet = 32 * 1024;
  static constexpr std::size_t most_reserved = 512;

  struct costs {
    std::uint64_t waiting = 0;
    std::atomic<std::uint64_t> in_flight{0};
  };

  caf::node_id node_;
  std::mutex mutex_;
  std::vector<outgoing_item> items_;
  std::size_t latest_taken_ = 0; // items
  std::vector<lost_answer> lost_;
  costs small_;
  costs large_;
  held_answers answers_;
  drop_counts drops_;
  owed_answers owed_;
  std::atomic<bool> marked_{false};
  std::atomic<bool> peer_is_behind_{false};
};

using outbox_ptr = std::shared_ptr<outbox>;

} // namespace cafmesh
