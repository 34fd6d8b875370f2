#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>

#include "actors/remote/remote_proxy.hpp"

namespace cafmesh {

/// Keeps the proxies of up to `capacity` actors that have sent messages lately.
/// Otherwise each request would make a new proxy. This would cost two messages
/// to the peer, when the proxy is made and when it is released.
class recent_senders {
public:
  static constexpr std::size_t capacity = 64;

  /// The proxy of this actor; null if none is kept or the actor has ended.
  caf::strong_actor_ptr find(caf::actor_id id) {
    if (slots_.empty())
      return nullptr;
    auto& slot = slots_[id % capacity];
    if (!slot.proxy || slot.proxy->id() != id)
      return nullptr;
    if (proxy_of(slot.proxy).has_ended()) {
      slot = {};
      return nullptr;
    }
    slot.is_used = true;
    return slot.proxy;
  }
  /// Keeps a proxy, perhaps in the place of another proxy.
  void keep(caf::strong_actor_ptr x) {
    slots_.resize(capacity);
    auto& slot = slots_[x->id() % capacity];
    slot = {std::move(x), true};
  }
  /// Releases the proxies that were not used since the last call.
  /// @returns whether any proxy is left
  bool release_unused() {
    auto some_are_left = false;
    for (auto& slot : slots_)
      if (std::exchange(slot.is_used, false))
        some_are_left = true;
      else
        slot.proxy = nullptr;
    if (!some_are_left)
      slots_ = {};
    return some_are_left;
  }
  bool keeps(const caf::strong_actor_ptr& x) const {
    return !slots_.empty() && slots_[x->id() % capacity].proxy == x;
  }
  void clear() {
    slots_ = {};
  }

private:
  struct slot_type {
    caf::strong_actor_ptr proxy;
    bool is_used = false;
  };

  std::vector<slot_type> slots_;
};

} // namespace cafmesh
