#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "actor_interfaces.hpp"

// Everything that CAF 0.17 has to be told of our messages' types. None of
// these leaves the process: the mesh has a wire format of its own.

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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::unicasts_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::broadcast_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_gossip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::unicast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::unicasts)
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_established)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_views)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::announce_through)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_topology)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::mesh_description)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_discovered_addresses)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::start_mesh)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::stop_mesh)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connect_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::forget)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::node_description)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::stranger_accepted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_dialed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_added)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::join_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::find_channel)
