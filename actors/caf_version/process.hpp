#pragma once

#include <caf/fwd.hpp>

/// Tells whether an actor system works in this process, and whether a thread
/// belongs to it.
namespace cafmesh::caf_version {

/// Whether the system can run actors in this process. A fork copies the system
/// to the child, but not the system's threads. In a forked process, this
/// function starts an actor and waits up to 2 s until it runs.
bool runs_in_this_process(caf::actor_system& x);

bool is_worker_of(caf::actor_system& x);

} // namespace cafmesh::caf_version
