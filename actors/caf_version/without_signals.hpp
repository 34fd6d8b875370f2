#pragma once

#include <csignal>

namespace cafmesh {

/// Blocks all signals on the current thread while the object exists. Threads
/// started meanwhile never run the application's signal handlers.
class without_signals {
public:
  without_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  without_signals(const without_signals&) = delete;
  without_signals& operator=(const without_signals&) = delete;
  ~without_signals() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t before_{};
};

} // namespace cafmesh
