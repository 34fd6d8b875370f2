#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <caf/fwd.hpp>

#include "actors/core/limits/common_limit.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/held_costs.hpp"
#include <cafmesh/peer_name.hpp>
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// Notes which actors have an exit message from one peer in their mailbox. May
/// be used from any thread.
class waiting_exits {
public:
  /// @returns false, and adds nothing, if an exit waits for this actor
  bool add(caf::actor_id receiver) {
    std::lock_guard<std::mutex> guard{mutex_};
    return receivers_.insert(receiver).second;
  }
  void remove(caf::actor_id receiver) {
    std::lock_guard<std::mutex> guard{mutex_};
    receivers_.erase(receiver);
  }

private:
  std::mutex mutex_;
  std::unordered_set<caf::actor_id> receivers_;
};

/// The cost of one peer's messages that local actors have not processed yet,
/// over all sessions and lives of the peer. Only the postman may use `held`.
/// The rest may be used from any thread.
struct unprocessed_cost {
  unprocessed_cost(common_limit_ptr all_small, common_limit_ptr all_large)
      : small(std::move(all_small)), large(std::move(all_large)) {
  }
  holding& of(remote::message_cost x) noexcept {
    return x.is_large ? large : small;
  }

  holding small;
  holding large;
  held_costs held;
  waiting_exits exits;
};

using unprocessed_cost_ptr = std::shared_ptr<unprocessed_cost>;

/// Limits the cost of messages that local actors have not processed yet. Small
/// and large messages are counted separately. One peer's messages may cost up
/// to twice the window plus one message. Beyond that, small responses are still
/// accepted, up to twice that cost. While one peer's small messages cost more
/// than `window`, its small messages in one actor's mailbox may cost at most
/// twice `actor_window`. The messages from all peers together may cost 16 times
/// `window` if small and 8 times `large_window` if large, plus `for_each` bytes
/// for each peer. The peers share what is free, see `common_limit`.
class unprocessed_costs {
public:
  /// In bytes; more than the cost of any small message.
  static constexpr std::size_t for_each = 128 * 1024;

  explicit unprocessed_costs(const actor_settings& x)
      : small_(std::make_shared<common_limit>(
        times(16, std::max(x.window, remote::fragment_size)), for_each)),
        large_(std::make_shared<common_limit>(
          times(8, std::max(x.large_window, x.max_message)), for_each)),
        window_(x.window), most_of_actor_(2 * x.actor_window),
        most_small_(most_small_responses(x) / 2),
        most_large_(2 * x.large_window + x.max_message) {
  }

  /// The maximum cost of unprocessed small responses from one peer to another,
  /// if both peers have these settings.
  static std::size_t most_small_responses(const actor_settings& x) noexcept {
    return 2 * (2 * x.window + x.max_message);
  }
  /// Limits the total cost of this node's answers that wait for any peer or are
  /// on their way.
  static common_limit_ptr limit_of_answers(const actor_settings& x) {
    return std::make_shared<common_limit>(
      std::max(times(16, std::max(x.window, remote::fragment_size)),
               times(8, std::max(x.large_window, x.max_message))),
      for_each);
  }

  /// The cost of one peer's messages. The object lives while a session with the
  /// peer, or a message from the peer in a mailbox, refers to it.
  unprocessed_cost_ptr of(peer_name x) {
    if (peers_.size() >= next_cleaning_)
      clean();
    auto& known = peers_[x];
    auto result = known.lock();
    if (!result)
      known = result = std::make_shared<unprocessed_cost>(small_, large_);
    return result;
  }
  /// The maximum cost of further small messages from the peer.
  std::size_t small_room(const unprocessed_cost& x) const noexcept {
    return x.small.room(most_small_);
  }
  /// Whether a response may be accepted although there is no `small_room`.
  bool has_room_for_response(const unprocessed_cost& x) const noexcept {
    return x.small.taken() < 2 * most_small_;
  }
  /// The maximum cost of the peer's small messages in the mailbox of one actor.
  std::size_t most_of_actor(const unprocessed_cost& x) const noexcept {
    return x.small.taken() > window_ ? most_of_actor_
                                     : std::numeric_limits<std::size_t>::max();
  }
  std::size_t large_room(const unprocessed_cost& x) const noexcept {
    return x.large.room(most_large_);
  }

private:
  static std::size_t times(std::size_t count, std::size_t size) noexcept {
    constexpr auto most = std::numeric_limits<std::size_t>::max() / 2;
    return std::min(size, most / count) * count;
  }

  // Called only when the map has doubled, so that `of` takes constant time on
  // average.
  void clean() {
    for (auto i = peers_.begin(); i != peers_.end();)
      i = i->second.expired() ? peers_.erase(i) : std::next(i);
    next_cleaning_ = 2 * peers_.size() + 16;
  }

  common_limit_ptr small_;
  common_limit_ptr large_;
  std::size_t window_;
  std::size_t most_of_actor_;
  std::size_t most_small_;
  std::size_t most_large_;
  std::size_t next_cleaning_ = 16;
  std::unordered_map<peer_name, std::weak_ptr<unprocessed_cost>> peers_;
};

} // namespace cafmesh
