#pragma once

#include <string>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/control.hpp>
#include <cafmesh/events.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/password.hpp>
#include <cafmesh/status.hpp>

/// The handles that users hold and the actors that users write, with the
/// messages that carry such handles or secrets.
namespace cafmesh {

/// What a user writes: receives for one channel. Handlers may answer late.
using gossiper_actor =
  caf::typed_actor<caf::reacts_to<unicasts_arrived>,
                   caf::replies_to<broadcast_arrived>::with<gossip_data_ptr>,
                   caf::replies_to<gossip_arrived>::with<gossip_data_ptr>,
                   caf::replies_to<get_gossip>::with<gossip_data_ptr>>;

/// A channel that was joined: sends on it. See gossiping.hpp.
using gossip_channel_actor =
  caf::typed_actor<caf::reacts_to<unicast>, caf::reacts_to<unicasts>,
                   caf::reacts_to<broadcast>, caf::reacts_to<gossip>,
                   caf::replies_to<get_channel_status>::with<channel_status>>;

/// What a user writes to be told of changes; see events.hpp.
using event_subscriber_actor = caf::typed_actor<
  caf::reacts_to<mesh_description>, caf::reacts_to<peer_joined>,
  caf::reacts_to<peer_left>, caf::reacts_to<peer_restarted>,
  caf::reacts_to<connection_added>, caf::reacts_to<connection_established>,
  caf::reacts_to<connection_removed>, caf::reacts_to<routes_changed>,
  caf::reacts_to<short_ids_changed>>;

/// users -> router: tell this actor of changes for as long as it lives.
struct subscribe {
  event_subscriber_actor subscriber;
};

/// users -> router: be the gossiper of this channel. Answered with the channel,
/// or errc::duplicate_channel. A channel is best joined before the start.
struct join_channel {
  std::string name;
  gossiper_actor gossiper;
};

/// users -> router: accept these passwords from now on, the first is dialled with; connections
/// that exist stay. errc::bad_setting for none where there were some, and for
/// some where there were none. Never rendered, and for this process alone.
struct set_passwords {
  std::vector<password> passwords;
};

/// A node.
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
