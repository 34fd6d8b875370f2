#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/api/context.hpp"

namespace meshd {

/// The answer of health checks: fine if there are no reasons why not.
void reply_health(const call& x, const std::vector<std::string>& reasons);

/// Answers whether the node is ready. All clients that wait share one look at
/// the node every 100 ms. To be used on the HTTP loop.
class readiness : public std::enable_shared_from_this<readiness> {
public:
  explicit readiness(context& ctx) : ctx_(ctx) {
  }

  /// Answers at once, or as soon as the node is ready, or after the time. A
  /// client that would have to wait beside 64 others is answered at once, as
  /// waiting needs no token.
  void answer(const call& x, std::chrono::milliseconds wait);

private:
  using time_point = std::chrono::steady_clock::time_point;
  using reasons = std::vector<std::string>;

  struct waiter {
    call client;
    time_point deadline;
    bool is_gone = false;
  };

  void look();
  void looked(const reasons& found);
  void look_later();
  reasons why_not(const result<cafmesh::mesh_status>& now) const;

  context& ctx_;
  std::list<std::shared_ptr<waiter>> waiting_;
  bool is_looking_ = false; // or will be soon
};

} // namespace meshd
