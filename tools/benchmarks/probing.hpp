#pragma once

#include <chrono>

#include "tools/benchmarks/traffic.hpp"

namespace bench {

/// Sender -> itself: send another probe.
struct try_reach {};

/// Sender -> itself: the mesh is at rest after all have answered.
struct begin {};

/// A sender probes until the receivers answer, and then begins.
using sender_interface =
  role_actor::extend<caf::reacts_to<try_reach>, caf::reacts_to<begin>>;

constexpr auto probe_interval = std::chrono::milliseconds{50};

/// The time for which peers may still announce topology and compute routes
/// after the first message has arrived.
constexpr auto calm_down = std::chrono::milliseconds{1500};

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::try_reach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::begin)
