#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/remote/receiver_credit.hpp"
#include "actors/remote/session_credit.hpp"

namespace cafmesh {

/// The credit of one session with a peer. When local actors have processed
/// messages, their cost in bytes is returned to the peer, which may then send
/// more. Each session has its own account; all accounts of a peer share
/// `unprocessed`. Only the postman may use this object. Messages in mailboxes
/// use the `receiver_credit` of their receiver.
class credit_account {
public:
  /// The postman returns credit after each large message, whenever local actors
  /// together have processed a quarter of `window`, and whenever one of them
  /// has processed a quarter of `actor_window`.
  /// @param may_be_addressed whether peers may still address an actor; if null,
  ///        peers may address every actor
  credit_account(session_credit::postman_owner postman, std::size_t window,
                 std::size_t actor_window, unprocessed_cost_ptr unprocessed,
                 std::function<bool(caf::actor_id)> may_be_addressed = nullptr)
      : may_be_addressed_(std::move(may_be_addressed)),
        session_(std::make_shared<session_credit>(
          std::move(postman), window, actor_window, std::move(unprocessed))),
        of_nobody_(std::make_shared<receiver_credit>(session_, 0, nullptr)) {
  }

  /// Counts a message that has arrived.
  void arrived(remote::message_cost cost) noexcept {
    session_->arrived(cost);
  }
  /// Counts a message that reaches no mailbox and belongs to no receiver.
  void processed(remote::message_cost cost) {
    of_nobody_->refused(cost);
  }
  /// Where to count messages that belong to no receiver.
  const receiver_credit_ptr& of_nobody() const noexcept {
    return of_nobody_;
  }
  const receiver_credit_ptr& of(caf::actor_id receiver) {
    if (receivers_.size() >= next_cleaning_)
      forget_unused();
    auto& result = receivers_[receiver];
    if (!result)
      result = std::make_shared<receiver_credit>(
        session_, receiver, session_->unprocessed()->held.of(receiver));
    return result;
  }
  std::uint64_t total() const noexcept {
    return session_->total();
  }
  std::uint64_t large_total() const noexcept {
    return session_->large_total();
  }
  const unprocessed_cost& unprocessed() const noexcept {
    return *session_->unprocessed();
  }
  const unprocessed_cost_ptr& unprocessed_ptr() const noexcept {
    return session_->unprocessed();
  }

  /// Returns the actors whose credit is due, with the cost that each has
  /// processed, and resets these costs to 0.
  std::vector<std::pair<caf::actor_id, remote::message_cost>> take_due() {
    std::vector<std::pair<caf::actor_id, remote::message_cost>> result;
    for (auto id : session_->begin_return()) {
      auto found = receivers_.find(id);
      if (found == receivers_.end())
        continue;
      auto& credit = *found->second;
      credit.begin_return();
      if (auto cost = credit.take_large())
        result.push_back({id, {cost, true}});
      if (auto cost = credit.take_due())
        result.push_back({id, {cost, false}});
    }
    return result;
  }
  /// Call this function when the peer no longer holds a handle of the actor.
  /// Keeps the actor's credit while some is left or a message in a mailbox
  /// refers to it, because the peer may soon hold a new handle.
  void forget(caf::actor_id receiver) {
    auto found = receivers_.find(receiver);
    if (found != receivers_.end() && is_unused(found->second)
        && found->second->is_empty())
      receivers_.erase(found);
  }

  /// Forgets each actor for which no message waits, provided that it has no
  /// credit left or can get no more messages. `of` calls this function only
  /// when the number of actors has doubled, so that `of` takes constant time on
  /// average.
  void forget_unused() {
    for (auto i = receivers_.begin(); i != receivers_.end();) {
      auto ends = is_unused(i->second)
                  && (i->second->is_empty()
                      || (may_be_addressed_ && !may_be_addressed_(i->first)));
      i = ends ? receivers_.erase(i) : std::next(i);
    }
    next_cleaning_ = 2 * receivers_.size() + 16;
  }
  std::size_t receivers() const noexcept {
    return receivers_.size();
  }

private:
  // Whether no message in a mailbox refers to the credit. The fence makes the
  // counts of other threads visible here.
  static bool is_unused(const receiver_credit_ptr& x) noexcept {
    if (x.use_count() > 1)
      return false;
    std::atomic_thread_fence(std::memory_order_acquire);
    return true;
  }

  std::function<bool(caf::actor_id)> may_be_addressed_;
  session_credit_ptr session_;
  receiver_credit_ptr of_nobody_;
  std::unordered_map<caf::actor_id, receiver_credit_ptr> receivers_;
  std::size_t next_cleaning_ = 16;
};

using credit_account_ptr = std::shared_ptr<credit_account>;

} // namespace cafmesh
