#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "actors/caf_version/weak_owner.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/postman_parts.hpp"
#include "actors/remote/unprocessed_costs.hpp"

namespace cafmesh {

/// Adds up the cost, in bytes, of all messages of one session with a peer that
/// local actors have processed. May be used from any thread, and takes no lock,
/// because each message changes these numbers in two threads.
class session_credit {
public:
  using postman_owner = caf_version::weak_owner<postman_actor>;

  session_credit(postman_owner postman, std::size_t window,
                 std::size_t actor_window, unprocessed_cost_ptr unprocessed)
      : postman_(std::move(postman)), step_(window / 4),
        actor_step_(actor_window / 4), unprocessed_(std::move(unprocessed)) {
  }

  /// To be called when a message has arrived, before `processed`.
  void arrived(remote::message_cost cost) noexcept {
    unprocessed_->of(cost).take(cost.bytes);
  }
  /// @param of_receiver the cost of what the receiver has processed since its
  ///        credit was returned
  void processed(remote::message_cost cost, std::uint64_t of_receiver) {
    unprocessed_->of(cost).give_back(cost.bytes);
    auto due = cost.is_large || of_receiver >= actor_step_;
    if (cost.is_large)
      large_total_ += cost.bytes;
    else if (total_.fetch_add(cost.bytes) + cost.bytes - reported_ >= step_)
      due = true;
    if (due && !marked_.exchange(true))
      postman_.tell(credit_due{});
  }
  /// To be called before the credit that is due is returned.
  void begin_return() noexcept {
    marked_ = false;
    reported_ = total_.load();
  }
  /// Whether the credit of a receiver is due that has processed small messages
  /// of this cost.
  bool is_due(std::uint64_t of_receiver) const noexcept {
    return of_receiver >= actor_step_;
  }
  std::uint64_t total() const noexcept {
    return total_;
  }
  std::uint64_t large_total() const noexcept {
    return large_total_;
  }
  const unprocessed_cost_ptr& unprocessed() const noexcept {
    return unprocessed_;
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
};

using session_credit_ptr = std::shared_ptr<session_credit>;

} // namespace cafmesh
