#pragma once

#include <chrono>

#include "tools/benchmarks/traffic.hpp"

/// Before a sender measures anything, it sends probes until the receivers
/// answer.
namespace bench {

/// Sender -> itself: send another probe.
struct try_reach {};

/// Sender -> itself: begin to measure.
struct begin {};

/// A sender probes until the receivers answer, waits for `calm_down`, and then
/// begins to measure.
using sender_interface =
  role_actor::extend<caf::reacts_to<try_reach>, caf::reacts_to<begin>>;

constexpr auto probe_interval = std::chrono::milliseconds{50};

/// How long a sender waits after the receivers have answered. Within this time,
/// peers finish exchanging topology and computing routes.
constexpr auto calm_down = std::chrono::milliseconds{1500};

} // namespace bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::try_reach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::begin)
