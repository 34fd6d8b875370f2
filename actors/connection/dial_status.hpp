#pragma once

#include "actors/core/dialling/targets.hpp"
#include <cafmesh/status.hpp>

namespace cafmesh {

/// The part of the status that shows which targets are dialled, and when.
dial_status status_of(const targets& plan, instant now);

} // namespace cafmesh
