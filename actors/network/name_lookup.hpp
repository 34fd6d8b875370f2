#pragma once

#include <string>

#include <cafmesh/transport.hpp>

namespace cafmesh {

/// Resolves a host with the system's resolver, on a thread of its own. The
/// resolver's call cannot be cancelled, and a name server that does not answer
/// must delay neither other lookups nor the end of the process. At most 128
/// lookups run in a process at the same time.
/// @param who receives name_resolved or name_unresolved. After `who` has ended,
///        the lookup does not touch its actor system.
void look_up(const std::string& host, const dial_owner_actor& who);

} // namespace cafmesh
