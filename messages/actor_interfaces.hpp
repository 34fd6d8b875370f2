#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "control.hpp"
#include "events.hpp"
#include "gossiping.hpp"
#include "membership.hpp"
#include "socket_events.hpp"
#include "status.hpp"
#include "traffic.hpp"

/// Every actor's handle, and the messages that carry handles.
namespace cafmesh {

class routes;

// -- sockets

using socket_owner_actor = caf::typed_actor<caf::reacts_to<socket_readable>,
                                            caf::reacts_to<socket_writable>>;

using acceptor_actor = caf::typed_actor<
  caf::reacts_to<socket_acceptable>, caf::reacts_to<stranger_accepted>,
  caf::reacts_to<refuse_connections>, caf::reacts_to<finish_connections>>;

using dialer_actor = caf::typed_actor<
    caf::reacts_to<name_resolved>, caf::reacts_to<name_unresolved>,
    caf::reacts_to<socket_connected>, caf::reacts_to<connect_failed>>;

// -- connection

using connection_actor = caf::typed_actor<
  caf::reacts_to<transmit>, caf::reacts_to<close_connection>,
  caf::reacts_to<finish_connections>,
  caf::replies_to<get_connection_status>::with<connection_status>>;

// -- gossip

/// What a user writes: receives for one channel. Handlers may answer late.
using gossiper_actor =
    caf::typed_actor<caf::reacts_to<unicasts_arrived>,
                     caf::replies_to<broadcast_arrived>::with<gossip_data_ptr>,
                     caf::replies_to<gossip_arrived>::with<gossip_data_ptr>,
                     caf::replies_to<get_gossip>::with<gossip_data_ptr>>;

/// One a (connection, channel).
using gossip_sender_actor =
  caf::typed_actor<caf::reacts_to<queue_gossip>,
                   caf::reacts_to<queue_broadcast>, caf::reacts_to<drain>>;

/// topology -> watchers: routes and the connections to our neighbours, as of
/// one moment. Immutable and shared.
struct mesh_view {
  std::shared_ptr<const routes> ways;
  std::unordered_map<peer_name, connection_actor> connections;
};
using mesh_view_ptr = std::shared_ptr<const mesh_view>;

/// topology -> watchers, when it has changed; several changes may come as one.
struct view_changed {
  mesh_view_ptr view;
};

/// topology -> watchers: a peer that is new, or that has forgotten everything,
/// is now our neighbour and wants all there is.
struct neighbour_added {
  peer_name name;
  connection_actor connection;
};

using view_watcher_actor = caf::typed_actor<caf::reacts_to<view_changed>,
                                            caf::reacts_to<neighbour_added>>;

/// router -> surrogate channel: from now on there is a gossiper.
struct adopt_gossiper {
  gossiper_actor gossiper;
};

/// A channel as its users see it.
using gossip_channel_actor =
  caf::typed_actor<caf::reacts_to<unicast>, caf::reacts_to<unicasts>,
                   caf::reacts_to<broadcast>, caf::reacts_to<gossip>,
                   caf::reacts_to<deliveries>, caf::reacts_to<adopt_gossiper>,
                   caf::reacts_to<drain>,
                   caf::replies_to<get_channel_status>::with<channel_status>>;

// -- events

/// What a user writes to be told of changes; see events.hpp.
using event_subscriber_actor = caf::typed_actor<
    caf::reacts_to<mesh_description>, caf::reacts_to<peer_joined>,
    caf::reacts_to<peer_left>, caf::reacts_to<peer_restarted>,
    caf::reacts_to<connection_added>, caf::reacts_to<connection_established>,
    caf::reacts_to<connection_removed>, caf::reacts_to<routes_changed>,
    caf::reacts_to<short_ids_changed>>;

/// users -> router -> topology: tell this actor of changes for as long as it
/// lives.
struct subscribe {
  event_subscriber_actor subscriber;
};

// -- topology

/// connection -> topology, answered with an admission or the reason to close.
struct add_connection {
  connection_offer offer;
  connection_actor connection;
};

/// anybody -> topology: send me views from now on, the current one at once.
struct watch_views {
  view_watcher_actor watcher;
};

/// channel -> topology: a view that includes every change so far.
struct get_view {};

/// router -> topology: the channel that announcements go through; none: from
/// now on nothing is announced.
struct announce_through {
  gossip_channel_actor channel;
};

/// Also the gossiper of the channel `topology`.
using topology_actor = gossiper_actor::extend<
    caf::replies_to<add_connection>::with<admission>,
    caf::replies_to<get_identity>::with<local_identity>,
    caf::reacts_to<confirm_connection>, caf::reacts_to<watch_views>,
    caf::replies_to<get_view>::with<mesh_view_ptr>,
    caf::reacts_to<announce_through>, caf::reacts_to<subscribe>,
    caf::replies_to<get_topology>::with<mesh_description>,
    caf::replies_to<get_discovered_addresses>::with<std::vector<std::string>>>;

// -- dialling

/// dialer, connection -> connection_maker: a connection exists, or one has been
/// tied into the topology. Its end is noticed by watching it; its exit reason
/// is why.
struct connection_dialed {
  std::string target;
  connection_id id;
  connection_actor connection;
  bool may_be_new = false;
  /// Which of our passwords it introduces itself with.
  std::size_t password = 0;
};
struct connection_tied_in {
  connection_id id;
  connection_actor connection;
  std::string target; ///< empty: inbound
  std::string remote_address;
  peer_name remote;
};

using connection_maker_actor = view_watcher_actor::extend<
  caf::reacts_to<start_mesh>, caf::reacts_to<connect_to>,
  caf::reacts_to<forget>, caf::reacts_to<attempt_resolved>,
  caf::reacts_to<attempt_failed>, caf::reacts_to<connection_dialed>,
  caf::reacts_to<connection_tied_in>, caf::reacts_to<refuse_connections>,
  caf::reacts_to<finish_connections>,
  caf::replies_to<get_dial_status>::with<dial_status>>;

// -- router

/// users -> router: be the gossiper of this channel. Answered with the channel,
/// or errc::duplicate_channel. A channel is best joined before the start.
struct join_channel {
  std::string name;
  gossiper_actor gossiper;
};

/// connection -> router: the channel of that name, a surrogate if nobody has
/// joined it. errc::too_many_channels beyond the limit.
struct find_channel {
  channel_name name;
};

using router_actor =
  caf::typed_actor<caf::reacts_to<start_mesh>, caf::reacts_to<stop_mesh>,
                   caf::reacts_to<connect_to>, caf::reacts_to<forget>,
                   caf::reacts_to<set_passwords>,
                   caf::replies_to<join_channel>::with<gossip_channel_actor>,
                   caf::replies_to<find_channel>::with<gossip_channel_actor>,
                   caf::replies_to<get_topology>::with<mesh_description>,
                   caf::replies_to<get_node>::with<node_description>,
                   caf::replies_to<get_status>::with<mesh_status>,
                   caf::reacts_to<subscribe>>;

} // namespace cafmesh
