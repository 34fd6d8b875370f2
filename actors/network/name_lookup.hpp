#pragma once

#include <string>

#include <cafmesh/transport.hpp>

namespace cafmesh {

/// Asks the system for the addresses of a host, as long as that takes, on a
/// thread of its own: the system cannot be told to stop asking, and a name whose
/// servers are silent must hold up neither other names nor the process's end.
/// At most 128 at once in the process.
/// @param who is told name_resolved or name_unresolved, and kept until it ends.
///        Once it has ended, nothing of the actor system is touched any more.
void look_up(const std::string& host, const dial_owner_actor& who);

} // namespace cafmesh
