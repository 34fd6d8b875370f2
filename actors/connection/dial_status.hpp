#pragma once

#include "actors/core/dialling/targets.hpp"
#include <cafmesh/status.hpp>

namespace cafmesh {

/// The targets as users see them.
dial_status status_of(const targets& plan, instant now);

} // namespace cafmesh
