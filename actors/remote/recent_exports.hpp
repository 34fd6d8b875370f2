#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <vector>

#include <caf/actor_control_block.hpp>

namespace cafmesh {

/// Some of the actors that were exported since the last `take`. Most messages
/// come from these actors, so that exporting their senders again needs no lock
/// and no clock. Only `contains` may be called from any thread; the caller
/// makes sure that the other functions are not called at the same time, and
/// that each actor lives until it is taken, replaced or removed.
class recent_exports {
public:
  bool contains(const caf::strong_actor_ptr& x) const noexcept {
    return slot_of(*x).load(std::memory_order_acquire) == x.get();
  }
  /// @returns the actor whose place `x` has taken; null if there is none
  caf::actor_control_block* add(caf::actor_control_block& x) noexcept {
    auto* before = slot_of(x).exchange(&x);
    return before == &x ? nullptr : before;
  }
  void remove(const caf::actor_control_block& x) noexcept {
    if (slot_of(x).load() == &x)
      slot_of(x).store(nullptr);
  }
  std::vector<caf::actor_control_block*> take() {
    std::vector<caf::actor_control_block*> result;
    for (auto& slot : slots_)
      if (auto* x = slot.exchange(nullptr))
        result.push_back(x);
    return result;
  }

private:
  using place = std::atomic<caf::actor_control_block*>;

  place& slot_of(const caf::actor_control_block& x) noexcept {
    return slots_[x.id() % slots_.size()];
  }
  const place& slot_of(const caf::actor_control_block& x) const noexcept {
    return slots_[x.id() % slots_.size()];
  }

  std::array<place, 64> slots_{};
};

} // namespace cafmesh
