#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/caf_version/weak_owner.hpp"
#include "actors/core/remote/costs.hpp"
#include "actors/remote/postman_parts.hpp"
#include "actors/remote/unprocessed_costs.hpp"

namespace cafmesh {

/// Adds up the cost, in bytes, of all messages of one session with a peer that
/// local actors have processed. May be used from any thread. Counting takes no
/// lock, because two threads count each message.
class session_credit {
public:
  using postman_owner = caf_version::weak_owner<postman_actor>;

  session_credit(postman_owner postman, std::size_t window,
                 std::size_t actor_window, unprocessed_cost_ptr unprocessed)
      : postman_(std::move(postman)), step_(window / 4),
        actor_step_(actor_window / 4), unprocessed_(std::move(unprocessed)) {
  }

  /// Call this function when a message has arrived, before `processed`.
  void arrived(remote::message_cost cost) noexcept {
    unprocessed_->of(cost).take(cost.bytes);
  }
  /// @param of_receiver the cost that the receiver has processed since its
  ///        credit was last returned
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
  /// Notes that an actor's credit is due. Call this function before
  /// `processed`, which tells the postman.
  void add_due(caf::actor_id receiver) {
    std::lock_guard<std::mutex> guard{due_mutex_};
    due_.push_back(receiver);
  }
  /// Call this function before returning the due credit.
  /// @returns the actors that were noted since the last call
  std::vector<caf::actor_id> begin_return() {
    marked_ = false;
    reported_ = total_.load();
    std::lock_guard<std::mutex> guard{due_mutex_};
    return std::exchange(due_, {});
  }
  /// Whether credit is due for a receiver that has processed small messages of
  /// this total cost.
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
  std::mutex due_mutex_;
  std::vector<caf::actor_id> due_;
};

using session_credit_ptr = std::shared_ptr<session_credit>;

} // namespace cafmesh
