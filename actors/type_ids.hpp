#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cafmesh/handles.hpp>
#include <cafmesh/inspection.hpp>

// The public messages that are plain values, which applications can send over
// `caf::io`. `add_options` registers this block of type IDs. An application
// that does not call `add_options` calls
// `config.add_message_types<caf::id_block::cafmesh>()` instead. The first
// 10,000 IDs from `caf::first_custom_type_id` on are left to applications.
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

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::gossiper_ended))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::surplus_ignored))

CAF_ADD_TYPE_ID(cafmesh, (cafmesh::get_actors))
CAF_ADD_TYPE_ID(cafmesh, (cafmesh::actors_status))

CAF_END_TYPE_ID_BLOCK(cafmesh)

// The following messages carry handles, shared pointers or passwords and must
// not leave the process.

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip_data_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::join_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::set_passwords)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_channel_status)
