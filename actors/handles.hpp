#pragma once

#include <string>
#include <vector>

#include <caf/config.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/control.hpp>
#include <cafmesh/events.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/password.hpp>
#include <cafmesh/status.hpp>

#if CAF_VERSION / 100 != 17
#error "cafmesh needs CAF 0.17, whose interfaces other versions do not have"
#endif

/// The handles that users hold, the interfaces of actors that users write, and
/// the requests to a router that carry such handles or passwords:
/// `join_channel`, `subscribe` and `set_passwords`. To join a channel, send the
/// router `join_channel` with a gossiper, or call `join` (router.hpp). To leave
/// the channel, end the gossiper.
namespace cafmesh {

/// An actor that users write. It produces and receives the data of one channel.
/// gossiping.hpp says what happens if a handler answers late, never or with an
/// error, blocks or throws.
using gossiper_actor =
  caf::typed_actor<caf::reacts_to<unicasts_arrived>,
                   caf::replies_to<broadcast_arrived>::with<gossip_data_ptr>,
                   caf::replies_to<gossip_arrived>::with<gossip_data_ptr>,
                   caf::replies_to<get_gossip>::with<gossip_data_ptr>>;

/// A joined channel: sends data to other peers. See gossiping.hpp.
using gossip_channel_actor =
  caf::typed_actor<caf::reacts_to<unicast>, caf::reacts_to<unicasts>,
                   caf::reacts_to<broadcast>, caf::reacts_to<gossip>,
                   caf::reacts_to<surplus_ignored>,
                   caf::replies_to<get_channel_status>::with<channel_status>>;

/// An actor that users write. It receives changes of the mesh. See events.hpp.
using event_subscriber_actor = caf::typed_actor<
  caf::reacts_to<mesh_description>, caf::reacts_to<peer_joined>,
  caf::reacts_to<peer_left>, caf::reacts_to<peer_restarted>,
  caf::reacts_to<connection_added>, caf::reacts_to<connection_established>,
  caf::reacts_to<connection_removed>, caf::reacts_to<routes_changed>,
  caf::reacts_to<short_ids_changed>, caf::reacts_to<gossiper_ended>>;

/// users -> router: send changes of the mesh to this actor until the actor
/// ends. Answered with errc::bad_setting if the actor is null.
struct subscribe {
  event_subscriber_actor subscriber;
};

/// users -> router: make this actor the gossiper of the channel. Answered with
/// the channel, or with errc::duplicate_channel, too_large (the name exceeds
/// max_channel_name_size), bad_setting (`gossiper` is null) or stopped. A
/// channel that is joined before `start_mesh` misses no message. To leave a
/// channel, end its gossiper; the node then goes on relaying the channel's
/// messages for other peers.
struct join_channel {
  std::string name;
  gossiper_actor gossiper;
};

/// users -> router: accept these passwords for new connections; the first one
/// is used to dial. Connections with other passwords are closed after
/// `settings::password_grace`, and then dialled again. A change from no
/// passwords to some, or from some to none, is answered with errc::bad_setting.
/// `set_passwords` never leaves the process and is never rendered as text.
struct set_passwords {
  std::vector<password> passwords;
};

/// A node. See router.hpp.
using router_actor =
  caf::typed_actor<caf::reacts_to<start_mesh>, caf::reacts_to<stop_mesh>,
                   caf::reacts_to<connect_to>, caf::reacts_to<forget>,
                   caf::reacts_to<set_passwords>,
                   caf::replies_to<join_channel>::with<gossip_channel_actor>,
                   caf::replies_to<get_topology>::with<mesh_description>,
                   caf::replies_to<get_node>::with<node_description>,
                   caf::replies_to<get_status>::with<mesh_status>,
                   caf::reacts_to<subscribe>>;

} // namespace cafmesh
