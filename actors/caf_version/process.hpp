#pragma once

#include <caf/fwd.hpp>

/// The relation of an actor system to the process and its threads.
namespace cafmesh::caf_version {

/// Whether the system runs actors in this process. After a fork, the child has
/// a copy of its parent's system, but none of its threads. In a forked process,
/// this waits until an actor has run, for up to 2 s.
bool runs_in_this_process(caf::actor_system& x);

/// Whether the calling thread is a worker of the system's scheduler.
bool is_worker_of(caf::actor_system& x);

} // namespace cafmesh::caf_version
