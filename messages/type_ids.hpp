#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actor_interfaces.hpp"
#include "inspection.hpp"

// Everything that CAF 0.17 has to be told of our messages' types.

// Public messages that are plain values. `add_options` registers them; without
// it: `config.add_message_types<caf::id_block::cafmesh>()`. Far behind the
// first ID that applications may use, since they do use it.
CAF_BEGIN_TYPE_ID_BLOCK(cafmesh, caf::first_custom_type_id + 10'000)

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::unicasts_arrived))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::broadcast_arrived))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::gossip_arrived))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::get_gossip))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::unicast))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::unicasts))

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::start_mesh))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::stop_mesh))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::connect_to))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::forget))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::get_node))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::node_description))

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::get_topology))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::mesh_description))

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::peer_joined))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::peer_left))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::peer_restarted))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::connection_added))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::connection_established))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::connection_removed))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::routes_changed))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::short_ids_changed))

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::get_status))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::mesh_status))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::connection_status))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::channel_status))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::dial_status))

CAF_END_TYPE_ID_BLOCK(cafmesh)

// The rest carries handles, shared pointers or sockets, and never leaves the
// process.

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_readable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_writable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_acceptable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_unresolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_connected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connect_failed)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::deliveries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::transmit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::close_connection)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip_data_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::queue_gossip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::queue_broadcast)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::mesh_view_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::view_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::neighbour_added)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::adopt_gossiper)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::add_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::admission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_identity)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::local_identity)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::confirm_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_views)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::announce_through)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_discovered_addresses)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::subscribe)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_connection_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_channel_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_dial_status)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::stranger_accepted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::refuse_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::finish_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_dialed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_tied_in)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::join_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::set_passwords)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::find_channel)
