#pragma once

#include "actors/remote/carrier.hpp"

namespace cafmesh {

/// Starts the postman, which owns the sessions with other peers. It ends when
/// the router ends.
postman_actor spawn_postman(caf::actor_system& system, carrier_ptr shared,
                            const router_actor& router, blocking_work where,
                            log_sink_ptr log);

} // namespace cafmesh
