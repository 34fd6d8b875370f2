#pragma once

#include <caf/fwd.hpp>

#include <cafmesh/control.hpp>
#include <cafmesh/events.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/status.hpp>

namespace caf::detail {
class stringification_inspector;
} // namespace caf::detail

/// Lets CAF render the public messages that are plain values, and lets an
/// application send them to another process over its own `caf::io`. The mesh
/// itself does not use this: its wire format is that of PROTOCOL.md.
///
/// These are plain functions, because a template would be instantiated three
/// times in each file that sends a message.
#define CAFMESH_INSPECTABLE(type)                                              \
  caf::error inspect(caf::serializer& f, type& x);                             \
  caf::error inspect(caf::deserializer& f, type& x);                           \
  void inspect(caf::detail::stringification_inspector& f, type& x);

namespace cafmesh {

CAFMESH_INSPECTABLE(payload) // copies the bytes
CAFMESH_INSPECTABLE(peer_summary)
CAFMESH_INSPECTABLE(connection_summary)
CAFMESH_INSPECTABLE(peer_record)

CAFMESH_INSPECTABLE(incoming_unicast)
CAFMESH_INSPECTABLE(unicasts_arrived)
CAFMESH_INSPECTABLE(broadcast_arrived)
CAFMESH_INSPECTABLE(gossip_arrived)
CAFMESH_INSPECTABLE(get_gossip)
CAFMESH_INSPECTABLE(surplus_ignored)
CAFMESH_INSPECTABLE(unicast)
CAFMESH_INSPECTABLE(unicasts)

CAFMESH_INSPECTABLE(start_mesh)
CAFMESH_INSPECTABLE(stop_mesh)
CAFMESH_INSPECTABLE(connect_to)
CAFMESH_INSPECTABLE(forget)
CAFMESH_INSPECTABLE(get_node)
CAFMESH_INSPECTABLE(node_description)

CAFMESH_INSPECTABLE(get_topology)
CAFMESH_INSPECTABLE(mesh_description)

CAFMESH_INSPECTABLE(peer_joined)
CAFMESH_INSPECTABLE(peer_left)
CAFMESH_INSPECTABLE(peer_restarted)
CAFMESH_INSPECTABLE(connection_added)
CAFMESH_INSPECTABLE(connection_established)
CAFMESH_INSPECTABLE(connection_removed)
CAFMESH_INSPECTABLE(routes_changed)
CAFMESH_INSPECTABLE(short_ids_changed)
CAFMESH_INSPECTABLE(gossiper_ended)

CAFMESH_INSPECTABLE(get_status)
CAFMESH_INSPECTABLE(traffic_figures)
CAFMESH_INSPECTABLE(connection_status)
CAFMESH_INSPECTABLE(target_status)
CAFMESH_INSPECTABLE(dial_status)
CAFMESH_INSPECTABLE(refused_remote)
CAFMESH_INSPECTABLE(inbound_status)
CAFMESH_INSPECTABLE(channel_status)
CAFMESH_INSPECTABLE(unicast_route)
CAFMESH_INSPECTABLE(broadcast_route)
CAFMESH_INSPECTABLE(get_actors)
CAFMESH_INSPECTABLE(published_actor)
CAFMESH_INSPECTABLE(spawned_actor)
CAFMESH_INSPECTABLE(peer_actors)
CAFMESH_INSPECTABLE(actors_status)
CAFMESH_INSPECTABLE(mesh_status)

} // namespace cafmesh

#undef CAFMESH_INSPECTABLE
