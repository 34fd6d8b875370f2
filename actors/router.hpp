#pragma once

#include <string>

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/handles.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/overlay.hpp>
#include <cafmesh/settings.hpp>
#include <cafmesh/transport.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh {

/// Starts a node: binds its port and spawns its actors. It neither accepts nor
/// dials before `start_mesh`, so that channels can be joined first. It lives
/// until `stop_mesh`, or until the router is sent an exit message; an actor
/// system does not end before its routers have.
/// @param sockets null: the system's.
/// @param log null: spdlog's default logger.
/// @param overlay null: none. Sent an exit message when the node stops.
/// @returns errc::bad_setting, bad_address, address_in_use or socket_failed.
caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         settings config,
                                         transport_ptr sockets = nullptr,
                                         log_sink_ptr log = nullptr,
                                         overlay_actor overlay = {});

/// Sends `join_channel` and waits for its answer. Blocks: for `main` and other
/// threads, not for actors, which send the message themselves.
/// @returns errc::duplicate_channel, bad_setting without a gossiper,
///          too_large for a name over max_channel_name_size, stopped.
caf::expected<gossip_channel_actor> join(caf::actor_system& system,
                                         const router_actor& router,
                                         std::string channel,
                                         gossiper_actor gossiper);

} // namespace cafmesh
