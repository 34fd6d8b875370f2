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

/// Starts a node: binds its port and spawns its actors. The node neither
/// accepts nor dials before `start_mesh`, so that channels can be joined first.
/// The node runs until the router receives `stop_mesh` or an exit message. The
/// actor system does not end before the node. May be called from any thread.
///
/// If the actor of a connection, dial or status query is killed or throws, the
/// node logs this and runs on. It retries the target of the dial or dialled
/// connection, and answers the query, perhaps with an error or an incomplete
/// status. If any other actor of the node ends unexpectedly, the node logs
/// which actor and why, and ends as a whole with the exit reason
/// errc::internal. All actors of a node end with its router, so a program that
/// monitors the router learns of the end of the node.
///
/// If the last handle of the router is released before the node is told to
/// stop, nobody can stop the node, and a warning follows within 10 s. Another
/// warning follows if actors block all threads of the actor system. In this
/// case, the node's own actors wait for one to two seconds, until a spare
/// thread runs them. The application's actors wait until a thread is free.
/// @param sockets null: system_transport()
/// @param log null: make_spdlog_sink()
/// @param overlay null: none; otherwise it receives an exit message when the
///        node stops
/// @returns the router, or errc::bad_setting, bad_peer_name, bad_address,
///          address_in_use or socket_failed. In a forked process, the error is
///          bad_setting if the parent process made the actor system, and
///          socket_failed if the parent made the transport.
caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         settings config,
                                         transport_ptr sockets = nullptr,
                                         log_sink_ptr log = nullptr,
                                         overlay_actor overlay = {});

/// Sends `join_channel` and blocks until the answer comes. Do not call this
/// function in an actor on the scheduler's threads, because the router may need
/// the actor's thread. Send the message instead.
/// @param log receives a warning if there is no answer within 5 s; null:
///        make_spdlog_sink()
/// @returns the channel, or an error as for `join_channel`; errc::bad_setting
///          on a thread that runs actors, or if the parent process made the
///          actor system; errc::internal if the system ends the actor that
///          waits for the answer
caf::expected<gossip_channel_actor>
join(caf::actor_system& system, const router_actor& router, std::string channel,
     gossiper_actor gossiper, log_sink_ptr log = nullptr);

} // namespace cafmesh
