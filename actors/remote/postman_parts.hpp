#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/context/closing_parts.hpp"
#include "actors/context/remote_parts.hpp"
#include <cafmesh/dead_letters.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/type_ids.hpp>

/// The handle and the messages of the postman, which postman.hpp describes.
namespace cafmesh {

/// carrier -> postman: something waits in an outbox.
struct outbox_filled {};

/// credit account -> postman: enough was processed to return credit to a peer.
struct credit_due {};

/// exports -> postman: an actor that peers watch has ended.
struct export_ended {
  caf::actor_id id = 0;
  caf::error why;
};

/// dead letter box -> postman: a message was dropped that has watchers.
struct messages_dropped {};

/// postman -> itself: tell the watchers of dropped messages.
struct tell_dead_letters {};

/// postman -> itself: a scheduled time has come.
struct postman_due {
  instant when;
};

/// postman -> spawner: a peer was restarted, has left or was unreachable, and
/// its handles of local actors were dropped.
struct peer_departed {
  caf::node_id node;
  caf::error why;
};

/// postman -> spawner: add to a status what each peer has spawned here.
struct add_spawned {
  actors_status status;
  std::vector<caf::node_id> nodes; ///< of the peers in `status`, in their order
};

using spawner_of_postman =
  spawner_actor::extend<caf::reacts_to<peer_departed>,
                        caf::replies_to<add_spawned>::with<actors_status>>;

/// spawner -> postman: from now on, tell the spawner of all departures, and
/// pass it a peer's message only if the sender is an actor of that peer.
struct serve_spawner {
  spawner_of_postman spawner;
};

using postman_actor = gossiper_actor::extend<
  caf::reacts_to<homes_changed>, caf::reacts_to<outbox_filled>,
  caf::reacts_to<credit_due>, caf::reacts_to<export_ended>,
  caf::reacts_to<postman_due>, caf::reacts_to<messages_dropped>,
  caf::reacts_to<tell_dead_letters>, caf::reacts_to<watch_dead_letters>,
  caf::reacts_to<serve_spawner>, caf::reacts_to<report_closing>,
  caf::reacts_to<withdraw_closing>,
  caf::replies_to<get_actors>::with<actors_status>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::outbox_filled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::credit_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::export_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::postman_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::peer_departed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::add_spawned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::serve_spawner)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::messages_dropped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::tell_dead_letters)
