#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <caf/fwd.hpp>

#include "actors/caf_version/spare_worker.hpp"
#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Warns once if blocking actors hold all threads of the scheduler. A spare
/// worker runs the node meanwhile. If no spare worker is possible, the router
/// does not run. The watch ends when its last owner releases it.
class stall_watch {
public:
  /// The time between two calls of `router_ran`. The router counts as stalled
  /// if two intervals pass without a call.
  static constexpr std::chrono::seconds interval{5};

  static std::shared_ptr<stall_watch> begin(caf::actor_system& system,
                                            const node_context& ctx);

  /// Call this function whenever the router runs. All members may be called
  /// from any thread.
  void router_ran(instant now) noexcept {
    last_ran_ = now;
  }

private:
  std::string stall(instant now) const;

  std::atomic<instant> last_ran_{};
  std::shared_ptr<caf_version::spare_worker> spare_; // null if not possible
  unsigned spare_was_needed_ = 0;                    // when the watch began
};

} // namespace cafmesh
