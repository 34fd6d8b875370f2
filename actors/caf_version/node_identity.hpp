#pragma once

#include <caf/fwd.hpp>

/// Gives actor systems random node IDs. CAF itself gives a node ID only to
/// systems with `caf::io`, and a restarted container gets the same ID again.
namespace cafmesh::caf_version {

/// Gives each actor system that is made from this configuration a random node
/// ID. Call it once for each configuration.
void give_identity(caf::actor_system_config& config);

bool has_identity(const caf::actor_system& system);

} // namespace cafmesh::caf_version
