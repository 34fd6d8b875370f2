#pragma once

#include <chrono>
#include <functional>

namespace http {

/// The thread on which a connection lives.
class executor {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~executor() = default;

  virtual bool is_this_thread() const = 0;
  /// Runs `f` later on that thread. Drops it if the server has stopped. Any
  /// thread may call it.
  virtual void post(std::function<void()> f) = 0;
  virtual time_point now() const {
    return std::chrono::steady_clock::now();
  }
};

} // namespace http
