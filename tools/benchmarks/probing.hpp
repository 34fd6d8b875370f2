#pragma once

#include <chrono>

#include "tools/benchmarks/traffic.hpp"

/// How a sender finds out that the receivers can be reached before it begins to
/// measure.
namespace bench {

/// Sender -> itself: send another probe.
struct try_reach {};

/// Sender -> itself: begin to measure.
struct begin {};

/// A sender probes until the receivers answer, waits for `calm_down`, and then
/// begins.
using sender_interface =
  role_actor::extend<caf::reacts_to<try_reach>, caf::reacts_to<begin>>;

constexpr auto probe_interval = std::chrono::milliseconds{50};

/// The wait after the receivers have answered, because peers may still announce
/// topology and compute routes.
constexpr auto calm_down = std::chrono::milliseconds{1500};

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::try_reach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::begin)
