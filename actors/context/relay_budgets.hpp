#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>

#include "actors/context/connection_parts.hpp"
#include "actors/core/limits/relay_budget.hpp"

namespace cafmesh {

/// Keeps one relay budget for each connection. The budget limits the relayed
/// bytes that wait for the connection. The gossip senders of all channels share
/// it. Each connection may hold `for_each` bytes of relayed data. Beyond that,
/// all connections together may hold `for_all` bytes. The same limits apply to
/// output, and a connection that exceeds them refuses unicasts. May be used
/// from any thread.
class relay_budgets {
public:
  static constexpr std::size_t for_all = 256 * 1024 * 1024; ///< in bytes
  static constexpr std::size_t for_each = 1024 * 1024;      ///< in bytes

  /// The budget of one connection, the same for all callers. The budget exists
  /// as long as a caller keeps it.
  relay_budget_ptr of(const connection_actor& x) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (budgets_.size() >= next_cleaning_)
      clean();
    auto& known = budgets_[x.address()];
    auto result = known.lock();
    if (!result)
      known = result =
        std::make_shared<relay_budget>(relay_budget::usual_limit, whole_);
    return result;
  }

  /// Limits the output that waits for all connections.
  const common_limit_ptr& outputs() const noexcept {
    return outputs_;
  }

private:
  // Removes budgets that nobody keeps. It is called again only when the map has
  // doubled, so that `of` takes logarithmic time on average.
  void clean() {
    for (auto i = budgets_.begin(); i != budgets_.end();)
      i = i->second.expired() ? budgets_.erase(i) : std::next(i);
    next_cleaning_ = 2 * budgets_.size() + 16;
  }

  const common_limit_ptr whole_ =
    std::make_shared<common_limit>(for_all, for_each);
  const common_limit_ptr outputs_ =
    std::make_shared<common_limit>(for_all, for_each);
  std::size_t next_cleaning_ = 16;
  std::mutex mutex_;
  std::map<caf::actor_addr, std::weak_ptr<relay_budget>> budgets_;
};

} // namespace cafmesh
