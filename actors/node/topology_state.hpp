#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/context/closing_parts.hpp"
#include "actors/core/mesh/digest_exchange.hpp"
#include "actors/core/mesh/mesh_log.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/waiting_places.hpp"
#include "actors/node/topology.hpp"

/// The state of the topology. Only `topology*.cpp` include this file:
/// `topology.cpp` has the handlers; `topology_digests.cpp` exchanges digests
/// with neighbours; `topology_connections.cpp` adds and removes connections;
/// `topology_contests.cpp` decides between two connections to one name;
/// `topology_publishing.cpp` turns changes into events, log lines, views and
/// announcements.
namespace cafmesh {

// topology -> itself
struct publish_due {};   // the time to publish a view has come
struct topology_tick {}; // the model has work to do
// The existing connection has had enough time to end.
struct decide_contest {
  caf::actor_addr existing;
  connection_id candidate;
};

using topology_interface = topology_actor::extend<
  caf::reacts_to<publish_due>, caf::reacts_to<topology_tick>,
  caf::reacts_to<decide_contest>, caf::reacts_to<closings_reported>,
  caf::reacts_to<closed_by_remote>,
  caf::replies_to<report_closings_through>::with<closing_listener_actor>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::publish_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::topology_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::decide_contest)

namespace cafmesh {

struct topology_state {
  explicit topology_state(topology_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.topology";

  struct live {
    connection_id id;
    peer_name remote;
    connection_actor connection;
    bool understands_digests = false;
    bool closed_by_remote = false;
  };
  using live_connections = std::unordered_map<caf::actor_addr, live>;

  void start(context_ptr context);
  caf::result<admission> add(const add_connection& x);
  struct candidate {
    add_connection request;
    caf::response_promise answer;
  };
  void offered(candidate x);
  void admitted(candidate x, const admission& how, mesh_model_effects& effects);
  live_connections::iterator find_connection(connection_id id);
  void established(connection_id id);
  void somebody_down(const caf::actor_addr& who, caf::error reason);
  void connection_ended(const caf::actor_addr& who, caf::error reason);
  void remove(const live& x, mesh_model_effects& effects);

  // -- new connections to a peer that has one
  struct waiting {
    candidate x;
    contested_connection existing;
    bool waits_again = false; // for a second time
    void refuse(const std::string& why);
  };
  struct contest {
    std::map<connection_id, waiting> all;
    waiting_places places;
    bool probing = false; // the existing connection
    bool is_dead = false; // as of the last probe
  };
  using contest_map = std::unordered_map<caf::actor_addr, contest>;
  void begin_contest(const contested_connection& existing, candidate x);
  void probe_existing(const caf::actor_addr& who, contest& c);
  void existing_is(const caf::actor_addr& who, std::optional<bool> alive);
  void ask_next(contest_map::iterator i);
  void answered(const decide_contest& which, bool alive);
  void answered_nothing(const decide_contest& which);
  void close_existing(const decide_contest& which);
  void decide(const decide_contest& which);
  void ask_late(const decide_contest& which, const connection_actor& whom);
  void answered_late(const decide_contest& which, bool alive);
  std::optional<waiting> take_waiting(const decide_contest& which);
  std::optional<waiting> end_contest(contest& c);
  bool candidate_ended(const caf::actor_addr& who, caf::error& reason);

  discovered_addresses discover(const get_discovered_addresses& x);
  void give_up(connection_id id, caf::error why);
  void give_up_with_remotes(mesh_model_effects& effects);
  closing_listener_actor report_through(closing_reporter_actor x);
  void reported(const closings_reported& x);
  void closed_early(connection_id id);
  caf::result<gossip_data_ptr> gossip_came(const gossip_arrived& x);
  caf::error answer_digest(peer_name neighbour, const payload& digest);
  void send_digest(const live& to);
  void send_digests_to_waiting();
  void send_gathered();
  const live* find_neighbour(peer_name who) const;
  caf::expected<applied_update> apply(const payload& update,
                                      wanted_of_update wanted, peer_name from);

  // -- events
  void add_subscriber(event_subscriber_actor x);
  template <class T>
  void tell(const T& event) {
    for (const auto& x : subscribers)
      caf::anon_send(x, event); // anonymous, to ignore late answers
  }

  // -- after a change
  void apply_effects(mesh_model_effects& effects);
  void close_displaced(mesh_model_effects& effects);
  void close(live_connections::iterator i, caf::error why);
  void tell_of_peers(mesh_model_effects& effects);
  void warn(mesh_model_effects& effects);
  void announce();
  void schedule_tick();
  void tick();
  void forget_connection(live_connections::iterator i, caf::error reason);
  void view_is_stale();
  void publish();
  mesh_view_ptr current_view();

  instant now() const {
    return self->clock().now();
  }

  topology_interface::pointer self;
  context_ptr ctx;
  std::optional<mesh_model> model;
  std::optional<mesh_log> log;
  std::optional<digest_exchange> digests;
  inner_channel_actor channel;     // for our announcements
  closing_reporter_actor reporter; // null without the actor layer
  bool silent = false;
  std::vector<view_watcher_actor> watchers;
  std::vector<event_subscriber_actor> subscribers;

  live_connections connections;
  // Connections that were given up, until they have ended.
  struct drained {
    connection_id id;
    closing remote;
  };
  std::unordered_map<caf::actor_addr, drained> draining;
  // New connections that wait for the end of the existing one.
  contest_map contests;

  mesh_view_ptr view; // null while stale
  bool publishing = false;
  instant last_published{};
  std::optional<instant> next_tick;
};

} // namespace cafmesh
