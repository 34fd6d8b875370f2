#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "actors/core/remote/costs.hpp"
#include "actors/remote/held_costs.hpp"
#include "actors/remote/session_credit.hpp"

namespace cafmesh {

/// Counts the cost of the messages of one session that go to one actor. Each
/// message in a mailbox refers to such an object, so that a message that was
/// processed is counted without a search and without a lock.
class receiver_credit {
public:
  /// @param held null if messages count only for the session, as responses and
  ///        messages to actors that do not exist do
  receiver_credit(session_credit_ptr of, caf::actor_id receiver,
                  held_cost_ptr held)
      : session_(std::move(of)), receiver_(receiver), held_(std::move(held)) {
  }

  /// Notes that a small message goes to the actor's mailbox. Refuses the
  /// message if this peer's messages in that mailbox would then cost more than
  /// `most`. If none wait there, accepts the message whatever its cost. Does
  /// nothing for large messages. Only the postman may call this.
  /// @returns false if the message is refused
  bool hold(remote::message_cost cost, std::size_t most) noexcept {
    return cost.is_large || !held_ || held_->hold(cost.bytes, most);
  }
  /// Counts a message for which `hold` was not called or has returned false.
  void refused(remote::message_cost cost) {
    auto sum = held_ ? sum_of(cost) += cost.bytes : 0;
    if (held_ && (cost.is_large || session_->is_due(sum)))
      note_due();
    session_->processed(cost, cost.is_large ? 0 : sum);
  }
  /// Counts a message that has left the mailbox.
  void processed(remote::message_cost cost) {
    if (held_ && !cost.is_large)
      held_->release(cost.bytes);
    refused(cost);
  }
  /// Counts the bytes of a large message that will not arrive as if the actor
  /// had processed them, so that the peer gets credit for them.
  void count_undelivered(std::uint64_t cost) {
    large_ += cost;
    note_due();
  }

  /// From now on, the session is told again when credit becomes due. To be
  /// called before `take_due` and `take_large`.
  void begin_return() noexcept {
    is_noted_ = false;
  }
  /// Returns the cost of the small messages that were processed, if credit for
  /// them is due, and starts to count from 0; otherwise returns 0.
  std::uint64_t take_due() noexcept {
    return session_->is_due(small_) ? small_.exchange(0) : 0;
  }
  /// Does the same for large messages, for which credit is always due.
  std::uint64_t take_large() noexcept {
    return large_ == 0 ? 0 : large_.exchange(0);
  }
  /// Whether everything that was counted here was taken.
  bool is_empty() const noexcept {
    return small_ == 0 && large_ == 0;
  }

private:
  void note_due() {
    if (!is_noted_.exchange(true))
      session_->add_due(receiver_);
  }
  std::atomic<std::uint64_t>& sum_of(remote::message_cost x) noexcept {
    return x.is_large ? large_ : small_;
  }

  const session_credit_ptr session_;
  const caf::actor_id receiver_;
  const held_cost_ptr held_;
  std::atomic<std::uint64_t> small_{0};
  std::atomic<std::uint64_t> large_{0};
  std::atomic<bool> is_noted_{false}; // whether the session knows what is due
};

using receiver_credit_ptr = std::shared_ptr<receiver_credit>;

} // namespace cafmesh
