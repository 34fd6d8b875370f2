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

/// Counts the cost of one session's messages to one actor. Each message in a
/// mailbox refers to such an object, so that counting a processed message needs
/// no search and no lock.
class receiver_credit {
public:
  /// @param held null if messages count only for the session, as with responses
  ///        and with messages to actors that do not exist
  receiver_credit(session_credit_ptr of, caf::actor_id receiver,
                  held_cost_ptr held)
      : session_(std::move(of)), receiver_(receiver), held_(std::move(held)) {
  }

  /// Notes that a small message goes to the actor's mailbox. Refuses the
  /// message if this peer's messages in that mailbox would cost more than
  /// `most`. If no message of the peer waits there, accepts any cost. Does
  /// nothing for large messages. Only the postman may call this function.
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
  /// Counts the missing bytes of a large message as processed, so that the peer
  /// gets credit for them.
  void count_undelivered(std::uint64_t cost) {
    large_ += cost;
    note_due();
  }

  /// Makes the object tell the session again when credit becomes due. Call this
  /// function before `take_due` and `take_large`.
  void begin_return() noexcept {
    is_noted_ = false;
  }
  /// Returns the cost of the processed small messages, and resets it to 0, if
  /// credit for them is due. Otherwise returns 0.
  std::uint64_t take_due() noexcept {
    return session_->is_due(small_) ? small_.exchange(0) : 0;
  }
  /// Does the same for large messages, whose credit is always due.
  std::uint64_t take_large() noexcept {
    return large_ == 0 ? 0 : large_.exchange(0);
  }
  /// Whether all counted costs have been taken.
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
  std::atomic<bool> is_noted_{false}; // the session knows of due credit
};

using receiver_credit_ptr = std::shared_ptr<receiver_credit>;

} // namespace cafmesh
