#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Warns once if the router gets no thread to run on, because blocking actors
/// hold all threads. Stops watching when its last owner releases it.
class stall_watch {
public:
  /// The time between two calls of `router_ran`. The router counts as stalled
  /// if two intervals pass without a call.
  static constexpr std::chrono::seconds interval{5};

  static std::shared_ptr<stall_watch> begin(caf::actor_system& system,
                                            const node_context& ctx);

  /// To be called whenever the router runs. All members may be called from any
  /// thread.
  void router_ran(instant now) noexcept {
    last_ran_ = now;
  }

private:
  std::atomic<instant> last_ran_{};
};

} // namespace cafmesh
