#pragma once

#include <atomic>
#include <memory>

#include <sys/types.h>
#include <unistd.h>

namespace cafmesh {

/// A static value that a forked child gets anew. The parent's value might be
/// locked, or refer to threads that the child does not have. Values are never
/// destroyed, because detached threads may use them until the process ends. May
/// be used from any thread.
template <class T>
class per_process {
public:
  T& get() {
    auto us = ::getpid();
    auto* known = current_.load();
    while (!known || known->process != us) {
      auto fresh = std::make_unique<entry>();
      fresh->process = us;
      if (current_.compare_exchange_strong(known, fresh.get()))
        known = fresh.release();
    }
    return known->value;
  }

private:
  struct entry {
    pid_t process = 0;
    T value{};
  };

  std::atomic<entry*> current_{nullptr};
};

} // namespace cafmesh
