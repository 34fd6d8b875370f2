#pragma once

#include <chrono>
#include <optional>

#include <signal.h>

namespace meshd {

/// Receives SIGTERM, SIGINT and SIGHUP. They are blocked and can be received
/// only by `wait`.
class signals {
public:
  /// Blocks the signals. Call it before the process has threads.
  signals() {
    sigemptyset(&all_);
    for (auto x : {SIGTERM, SIGINT, SIGHUP})
      sigaddset(&all_, x);
    pthread_sigmask(SIG_BLOCK, &all_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }

  /// Waits for a signal.
  /// @returns its number; absent if none has arrived within `time`
  std::optional<int> wait(std::chrono::nanoseconds time) const {
    auto count = time.count() < 0 ? 0 : time.count();
    timespec limit{count / 1'000'000'000, count % 1'000'000'000};
    auto result = sigtimedwait(&all_, nullptr, &limit);
    if (result < 0)
      return std::nullopt;
    return result;
  }

private:
  sigset_t all_;
};

} // namespace meshd
