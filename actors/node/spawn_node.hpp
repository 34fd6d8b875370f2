#pragma once

#include <memory>
#include <vector>

#include "actors/context/node_parts.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/router.hpp>

namespace cafmesh {

/// Does the work of `spawn_router`. Tests call this function to look at the
/// node's actors through `parts`.
/// @param parts a new object, to which the node's actors are added
/// @param past the UIDs of the peer's earlier lives, which the new life avoids
caf::expected<router_actor> spawn_node(caf::actor_system& system,
                                       settings config, transport_ptr sockets,
                                       log_sink_ptr log, overlay_actor overlay,
                                       std::shared_ptr<node_parts> parts,
                                       const std::vector<peer_uid>& past = {});

/// @returns errc::bad_setting if the system was made before this process was
///          forked, otherwise no error
caf::error check_process(caf::actor_system& system);

} // namespace cafmesh
