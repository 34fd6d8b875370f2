#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/core/directory/directory_model.hpp"
#include "actors/directory/directory.hpp"
#include "actors/directory/name_watchers.hpp"
#include <cafmesh/type_ids.hpp>

/// The state of the directory, whose members are defined in four files:
/// `directory.cpp` starts it, `directory_names.cpp` answers users,
/// `directory_gossip.cpp` exchanges messages with other peers, and
/// `directory_report.cpp` answers requests for the status.
namespace cafmesh {

// Messages that the directory sends to itself.
struct flush_names {};    // announce changes to the names published here
struct describe_names {}; // send neighbours a summary of all names
struct directory_tick {}; // a timer of the model has run out
struct measure_hops {};   // count the hops to all peers again

using directory_interface = directory_actor::extend<
  caf::replies_to<get_carrier>::with<actor_carrier_ptr>,
  caf::reacts_to<watch_distances>, caf::reacts_to<unicasts_arrived>,
  caf::replies_to<broadcast_arrived>::with<gossip_data_ptr>,
  caf::replies_to<gossip_arrived>::with<gossip_data_ptr>,
  caf::replies_to<get_gossip>::with<gossip_data_ptr>,
  caf::reacts_to<mesh_description>, caf::reacts_to<peer_joined>,
  caf::reacts_to<peer_left>, caf::reacts_to<peer_restarted>,
  caf::reacts_to<connection_added>, caf::reacts_to<connection_established>,
  caf::reacts_to<connection_removed>, caf::reacts_to<routes_changed>,
  caf::reacts_to<short_ids_changed>, caf::reacts_to<gossiper_ended>,
  caf::reacts_to<flush_names>, caf::reacts_to<describe_names>,
  caf::reacts_to<directory_tick>, caf::reacts_to<measure_hops>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::flush_names)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::describe_names)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::directory_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::measure_hops)

namespace cafmesh {

struct directory_state {
  explicit directory_state(directory_interface::pointer self_ptr)
      : self(self_ptr), watchers(self_ptr) {
  }

  static inline const char* name = "cafmesh.directory";

  // -- life
  void start(router_actor to, directory_parts x);
  void begin(const node_description& x);
  void joined(gossip_channel_actor x);
  void down(const caf::actor_addr& who, const caf::error& reason);

  // -- users
  caf::result<void> publish(const publish_name& x);
  void unpublish(const std::string& which);
  void actor_ended(caf::actor_id who);
  void watch(const watch_names& x);
  found_names lookup(const std::string& what) const;
  caf::result<resolved_actors> resolve(const resolve_name& x);
  caf::result<actor_address> address_of(const caf::strong_actor_ptr& x) const;
  caf::result<resolved_actor> resolve(const actor_address& x) const;
  caf::result<caf::strong_actor_ptr> spawn(const spawn_actor& x);
  caf::strong_actor_ptr handle_of(const published_name& x) const;
  unsigned distance_of(peer_name who) const;
  directory_figures figures() const;
  caf::result<actors_status> report();
  void add_names(actors_status& to) const;

  // -- mesh
  caf::result<void> receive(const unicasts_arrived& x);
  caf::result<gossip_data_ptr> receive(const payload& data,
                                       peer_name neighbour);
  gossip_data_ptr outline() const;
  void note_life(peer_name who, peer_uid uid);
  void life_appeared(peer_name who, peer_uid uid);
  void peer_left(peer_name who);
  void mesh_is(const mesh_description& x);
  void hops_are_stale();
  void flush();
  void flush_soon();
  void apply_effects();
  void tell_homes(const names::home_changes& x);
  void describe_soon();
  void schedule_tick();

  instant now() const {
    return self->clock().now();
  }

  /// An actor that this peer has published.
  struct local_actor {
    caf::strong_actor_ptr actor;
    std::set<std::string> names;
  };

  directory_interface::pointer self;
  router_actor router;
  directory_parts parts;
  gossip_channel_actor channel;
  std::optional<names::directory_model> model; // empty until our name is known
  std::map<caf::actor_id, local_actor> published;
  name_watchers<directory_interface::pointer> watchers;
  std::map<peer_name, unsigned> hops;
  std::vector<caf::actor> distance_watchers;
  std::vector<peer_name> left; // peers that left since the last `homes_changed`
  std::map<names::life, caf::node_id> homes;
  std::unordered_map<caf::node_id, names::life> life_of_node; // homes, inverted
  std::mt19937_64 rng;
  instant last_flush{};
  bool flushing = false;
  bool describing = false;
  bool measuring = false;
  std::optional<instant> next_tick;
};

} // namespace cafmesh
