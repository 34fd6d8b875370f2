#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/caf_version/weak_owner.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/postman_parts.hpp"
#include "actors/remote/unprocessed_costs.hpp"

namespace cafmesh {

/// Adds up the cost, in bytes, of the messages from one peer that local actors
/// have processed. The peer gets this cost back as credit, which lets it send
/// more. Each session with a peer has its own account; all accounts of a peer
/// share `unprocessed`. May be used from any thread.
class credit_account {
public:
  using postman_owner = caf_version::weak_owner<postman_actor>;

  /// Tells the postman to return credit after each large message, whenever
  /// local actors together have processed a quarter of `window`, and whenever
  /// one of them has processed a quarter of `actor_window`.
  credit_account(postman_owner postman, std::size_t window,
                 std::size_t actor_window, unprocessed_cost_ptr unprocessed)
      : postman_(std::move(postman)), step_(window / 4),
        actor_step_(actor_window / 4), unprocessed_(std::move(unprocessed)) {
  }

  /// To be called when a message has arrived, before `processed`.
  void arrived(remote::message_cost cost) noexcept {
    unprocessed_->of(cost).take(cost.bytes);
  }

  /// @param receiver the actor that has processed the message; if it is 0, the
  ///        cost counts only for the total
  void processed(caf::actor_id receiver, remote::message_cost cost) {
    unprocessed_->of(cost).give_back(cost.bytes);
    auto due = cost.is_large;
    if (cost.is_large)
      large_total_ += cost.bytes;
    else
      due =
        total_.fetch_add(cost.bytes) + cost.bytes - reported_.load() >= step_;
    if (receiver != caf::invalid_actor_id) {
      std::lock_guard<std::mutex> guard{mutex_};
      auto& sum = (cost.is_large ? large_ : actors_)[receiver];
      sum += cost.bytes;
      due = due || sum >= actor_step_;
    }
    if (due && !marked_.exchange(true))
      postman_.tell(credit_due{});
  }
  /// Notes that a small message goes to the mailbox of `receiver`. Refuses the
  /// message if this peer's messages in that mailbox would then cost more than
  /// `most`. If none wait there, accepts the message whatever its cost. Does
  /// nothing for large messages.
  /// @returns false if the message is refused
  bool hold(caf::actor_id receiver, remote::message_cost cost,
            std::size_t most) {
    return cost.is_large
           || unprocessed_->receivers.hold(receiver, cost.bytes, most);
  }
  /// Notes that the message has left the mailbox.
  void release(caf::actor_id receiver, remote::message_cost cost) {
    if (!cost.is_large && receiver != caf::invalid_actor_id)
      unprocessed_->receivers.release(receiver, cost.bytes);
  }
  /// Gives the peer credit in the window of `receiver` for the part of a large
  /// message that will not arrive.
  void count_undelivered(caf::actor_id receiver, std::uint64_t cost) {
    std::lock_guard<std::mutex> guard{mutex_};
    large_[receiver] += cost;
  }
  std::uint64_t total() const noexcept {
    return total_;
  }
  std::uint64_t large_total() const noexcept {
    return large_total_;
  }
  const unprocessed_cost& unprocessed() const noexcept {
    return *unprocessed_;
  }
  const unprocessed_cost_ptr& unprocessed_ptr() const noexcept {
    return unprocessed_;
  }

  // -- for the postman

  /// Returns the actors whose credit is due, with the cost that each has
  /// processed, and starts to count from 0 for them.
  std::vector<std::pair<caf::actor_id, remote::message_cost>> take_due() {
    marked_ = false;
    reported_ = total_.load();
    std::vector<std::pair<caf::actor_id, remote::message_cost>> result;
    std::lock_guard<std::mutex> guard{mutex_};
    for (const auto& [id, cost] : std::exchange(large_, {}))
      result.push_back({id, {cost, true}});
    for (auto i = actors_.begin(); i != actors_.end();) {
      if (i->second >= actor_step_) {
        result.push_back({i->first, {i->second, false}});
        i = actors_.erase(i);
      } else {
        ++i;
      }
    }
    return result;
  }
  /// Forgets an actor to which the peer no longer holds a handle.
  void forget(caf::actor_id receiver) {
    std::lock_guard<std::mutex> guard{mutex_};
    actors_.erase(receiver);
    large_.erase(receiver);
  }

private:
  postman_owner postman_;
  std::uint64_t step_;
  std::uint64_t actor_step_;
  const unprocessed_cost_ptr unprocessed_;
  std::atomic<std::uint64_t> total_{0};
  std::atomic<std::uint64_t> large_total_{0};
  std::atomic<std::uint64_t> reported_{0};
  std::atomic<bool> marked_{false};
  std::mutex mutex_;
  using costs = std::unordered_map<caf::actor_id, std::uint64_t>;
  costs actors_;
  costs large_;
};

using credit_account_ptr = std::shared_ptr<credit_account>;

} // namespace cafmesh
