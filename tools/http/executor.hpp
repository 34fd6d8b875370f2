#pragma once

#include <chrono>
#include <functional>

namespace http {

/// The thread on which a connection runs.
class executor {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~executor() = default;

  virtual bool is_this_thread() const = 0;
  /// Runs `f` later on this object's thread, or drops `f` if the server has
  /// stopped. Any thread may call this.
  virtual void post(std::function<void()> f) = 0;
  virtual time_point now() const {
    return std::chrono::steady_clock::now();
  }
};

} // namespace http
