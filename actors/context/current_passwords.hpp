#pragma once

#include <mutex>
#include <utility>

#include "crypto/handshake/handshake.hpp"

namespace cafmesh {

/// The passwords that a node accepts, shared by all of its actors. A connection
/// copies the list when it starts, and checks after each change whether the
/// password that it uses is still accepted. May be used from any thread.
class current_passwords {
public:
  /// @pre `x` is not null; `set` requires this too
  explicit current_passwords(crypto::password_list x) : value_(std::move(x)) {
  }

  crypto::password_list get() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return value_;
  }
  void set(crypto::password_list x) {
    std::lock_guard<std::mutex> guard{mutex_};
    value_.swap(x);
  }

private:
  mutable std::mutex mutex_;
  crypto::password_list value_;
};

} // namespace cafmesh
