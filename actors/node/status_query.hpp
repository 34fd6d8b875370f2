#pragma once

#include <vector>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"
#include "actors/context/remote_parts.hpp"

/// The status query: the actor that gathers a node's status from its actors.
namespace cafmesh {

/// router -> status_query: the part of the status that the router knows.
struct status_request {
  mesh_status known;
  std::vector<gossip_channel_actor> channels;
  acceptor_actor acceptor;      ///< null before `start_mesh`
  actors_reporter_actor actors; ///< null without the actor layer
};

using status_query_actor =
  caf::typed_actor<caf::replies_to<status_request>::with<mesh_status>>;

/// Spawns an actor that answers one request and then ends. It first asks all
/// other actors of the node, and then the connections that they list. After 2 s
/// it answers with what it has.
status_query_actor spawn_status_query(caf::local_actor* parent,
                                      context_ptr ctx);

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::status_request)
