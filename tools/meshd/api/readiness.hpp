#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/api/context.hpp"

namespace meshd {

/// Answers a health check. The node is healthy if `reasons` is empty.
void reply_health(const call& x, const std::vector<std::string>& reasons);

/// Sets the answer to a health check while what it asks hangs. Clients get it
/// 3 s after the time for which they wait.
void limit_health(const call& x, const std::string& reason,
                  std::chrono::milliseconds wait = {});

/// Answers requests for readiness, and lets clients wait until the node is
/// ready. While clients wait, one query every 100 ms serves all of them. To be
/// used on the HTTP thread.
class readiness : public std::enable_shared_from_this<readiness> {
public:
  explicit readiness(context& ctx) : ctx_(ctx) {
  }

  /// Answers once the node is ready or `wait` is over. At most 64 clients can
  /// wait, because waiting needs no token. Further clients are answered
  /// immediately.
  void answer(const call& x, std::chrono::milliseconds wait);

private:
  using time_point = std::chrono::steady_clock::time_point;
  using reasons = std::vector<std::string>;

  struct waiter {
    call client;
    time_point deadline;
    bool is_gone = false;
  };

  void check();
  void checked(const reasons& found);
  void check_later();
  reasons why_not(const result<cafmesh::mesh_status>& now) const;

  context& ctx_;
  std::list<std::shared_ptr<waiter>> waiting_;
  bool check_is_due_ = false; // whether `check` is scheduled
};

} // namespace meshd
