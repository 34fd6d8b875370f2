#pragma once

#include <chrono>

#include "tools/benchmarks/traffic.hpp"

namespace bench {

/// Sender -> itself: is anybody there by now?
struct try_reach {};

/// Sender -> itself: the mesh has calmed down after all have answered.
struct begin {};

/// What sends: it probes until those at the other end answer, and then begins.
using sender_interface =
  role_actor::extend<caf::reacts_to<try_reach>, caf::reacts_to<begin>>;

constexpr auto probe_interval = std::chrono::milliseconds{50};

/// Topology is announced and routes are computed for a while after the first
/// message has come through.
constexpr auto calm_down = std::chrono::milliseconds{1500};

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::try_reach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::begin)
