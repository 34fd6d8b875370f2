#pragma once

#include "actors/core/dialling/targets.hpp"
#include <cafmesh/status.hpp>

namespace cafmesh {

/// The targets and their states, as the status shows them.
dial_status status_of(const targets& plan, instant now);

} // namespace cafmesh
