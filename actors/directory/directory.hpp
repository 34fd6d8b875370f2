#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/node_id.hpp>

#include "actors/context/remote_parts.hpp"
#include <cafmesh/handles.hpp>
#include <cafmesh/names.hpp>

/// The directory: the actor that publishes, finds and watches names of actors.
namespace cafmesh {

/// What a directory needs in addition to the router of its node.
struct directory_parts {
  actor_carrier_ptr carrier;    ///< not null
  caf::node_id node;            ///< the ID of the node's actor system
  postman_of_directory postman; ///< not null
};

/// Asks the directory for `directory_parts::carrier`. Sent by the actor that
/// carries the messages of topics.
struct get_carrier {};

using carrier_source_actor =
  caf::typed_actor<caf::replies_to<get_carrier>::with<actor_carrier_ptr>>;

/// Asks the directory to tell `watcher` when the number of hops to a peer has
/// changed. After such a change, lookups may return actors in a different
/// order.
struct watch_distances {
  caf::actor watcher;
};

/// The directory sends this to each actor that watches distances.
struct distances_changed {};

constexpr auto names_channel = "cafmesh/names";

/// Starts the directory of a node. The directory joins the channel
/// `cafmesh/names`, and ends when the channel ends. Before the directory has
/// joined, it answers no messages.
directory_actor spawn_directory(caf::actor_system& system, router_actor router,
                                directory_parts parts);

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_carrier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_distances)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::distances_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::actor_carrier_ptr)
