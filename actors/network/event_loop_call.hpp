#pragma once

#include <functional>

namespace cafmesh {

/// Calls `f` once on the thread that waits for the events of
/// `system_transport`, to find out whether it still does so. `f` must neither
/// block nor throw, and is forgotten if the last router ends first.
/// @returns false if this process has no such transport
bool call_on_event_loop(std::function<void()> f);

} // namespace cafmesh
