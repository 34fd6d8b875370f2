#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/context/channel_parts.hpp"
#include "actors/context/connection_parts.hpp"
#include "actors/core/mesh/routes.hpp"
#include "messages/internal/registration.hpp"
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

/// The handle of the topology actor, the views that it publishes, and its
/// messages.
namespace cafmesh {

// -- views

/// A snapshot of the routes and of the connections to neighbours. Immutable and
/// shared.
struct mesh_view {
  routes_ptr routes;
  std::unordered_map<peer_name, connection_actor> connections;
  /// The neighbours that understand digests of the topology.
  std::unordered_set<peer_name> digest_neighbours;
};
using mesh_view_ptr = std::shared_ptr<const mesh_view>;

/// topology -> watchers: the view changed. One message may report several
/// changes.
struct view_changed {
  mesh_view_ptr view;
};

/// topology -> watchers: send the complete state to this neighbour, which is
/// new or was restarted.
struct neighbour_added {
  peer_name name;
  connection_actor connection;
  /// Whether the topology will compare its records with the neighbour's later.
  bool has_topology = false;
};

/// topology -> watchers: this connection has ended. Views are published at
/// intervals, so a watcher's view may still contain the connection.
struct neighbour_lost {
  peer_name name;
  connection_actor connection;
};

using view_watcher_actor = caf::typed_actor<caf::reacts_to<view_changed>,
                                            caf::reacts_to<neighbour_added>,
                                            caf::reacts_to<neighbour_lost>>;

/// any part -> topology: send this actor the current view and each later view.
struct watch_views {
  view_watcher_actor watcher;
};

/// any part -> topology. Answered with a view that includes every change made
/// before the question.
struct get_view {};

// -- topology

/// connection -> topology. The answer is an admission, or an error after which
/// the connection closes.
struct add_connection {
  connection_offer offer;
  connection_actor connection;
};

/// router -> topology: send announcements through this channel, or announce
/// nothing if it is null.
struct announce_through {
  inner_channel_actor channel;
};

/// channel `topology` -> topology: send a digest to these neighbours.
struct send_digests {
  std::vector<peer_name> neighbours;
};

/// The topology actor, which is also the gossiper of the channel `topology`.
/// Channels send it `gossiper_ended`, which it passes on to the subscribers.
using topology_actor = gossiper_actor::extend<
  caf::reacts_to<gossiper_ended>,
  caf::replies_to<add_connection>::with<admission>,
  caf::replies_to<get_identity>::with<local_identity>,
  caf::reacts_to<confirm_connection>, caf::reacts_to<watch_views>,
  caf::replies_to<get_view>::with<mesh_view_ptr>,
  caf::reacts_to<announce_through>, caf::reacts_to<send_digests>,
  caf::reacts_to<subscribe>,
  caf::replies_to<get_topology>::with<mesh_description>,
  caf::replies_to<get_discovered_addresses>::with<discovered_addresses>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::mesh_view_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::view_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::neighbour_added)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::neighbour_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_views)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::add_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::admission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_identity)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::local_identity)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::confirm_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::announce_through)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::send_digests)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_discovered_addresses)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::discovered_addresses)
