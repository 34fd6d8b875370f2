#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/context/postman_channel.hpp"
#include "actors/core/limits/common_limit.hpp"
#include "actors/core/limits/line_limit.hpp"
#include "actors/core/remote/closing_queue.hpp"
#include "actors/core/remote/closing_quota.hpp"
#include "actors/core/remote/partial_messages.hpp"
#include "actors/core/remote/session.hpp"
#include "actors/remote/carrier.hpp"
#include "actors/remote/credit_account.hpp"
#include "actors/remote/data_label.hpp"
#include "actors/remote/dead_letter_watchers.hpp"
#include "actors/remote/departed_lives.hpp"
#include "actors/remote/message_reader.hpp"
#include "actors/remote/open_requests.hpp"
#include "actors/remote/recent_senders.hpp"

/// The state of the postman. Its members are defined in `postman.cpp`
/// (handlers, sessions, timer), `postman_lives.cpp` (the lives of peers),
/// `postman_receiving.cpp` (frames from peers), `postman_messages.cpp` (their
/// messages), `postman_large.cpp` (large messages from peers),
/// `postman_sending.cpp` (messages to peers), `postman_closings.cpp` (what
/// peers tell each other of closed connections) and `postman_reporting.cpp`
/// (dropped messages, status).
namespace cafmesh {

/// Another peer that the directory knows, and the session with it. A restarted
/// peer gets a new entry.
struct remote_peer {
  remote_peer(actor_home x, remote::session with, common_limit_ptr of_controls)
      : home(std::move(x)), session(std::move(with)),
        controls(std::move(of_controls)) {
  }

  actor_home home;
  remote::session session;
  holding controls; ///< the memory of the session's control frames
  outbox_ptr box;
  credit_account_ptr account;
  /// The proxies that local actors monitor or are linked to. The postman keeps
  /// them alive.
  std::unordered_map<caf::actor_id, caf::strong_actor_ptr> watched_there;
  recent_senders senders;
  /// Our actors that the peer watches.
  std::unordered_set<caf::actor_id> watched_here;
  /// The number of handles that the peer holds of each of our actors.
  std::unordered_map<caf::actor_id, std::size_t> leases;
  /// When the topology forgot the peer. Empty while the topology knows the
  /// peer.
  std::optional<instant> absent_since;
  /// Counts from 1, over all sessions of the postman.
  std::uint64_t session_number = 0;
  /// Whether `box` has items for which the session had no room.
  bool is_held_back = false;
  /// The number of error answers that the peer may not have acknowledged, see
  /// `count_error`.
  std::size_t errors = 0;
  bool is_listed = true;
  /// Whether this life has proven that it is running, see `life_proven`.
  bool is_proven = false;
};

/// Carries the messages between the actors of this node and those of others:
/// the gossiper of the channel `cafmesh/actors`.
struct postman_state {
  static inline const char* name = "cafmesh.postman";
  using self_ptr = postman_actor::stateful_pointer<postman_state>;

  explicit postman_state(self_ptr parent) : self(parent), watchers(parent) {
  }

  void start(carrier_ptr shared, const router_actor& router,
             blocking_work where, log_sink_ptr sink);
  void router_ended();

  // -- messages (postman.cpp)

  void homes_changed_to(const homes_changed& x);
  void export_ended_with(caf::actor_id id, const caf::error& why);
  void credit_came();
  void due_came(instant when);

  // -- postman_sending.cpp

  void flush_all();
  void flush(remote_peer& to);
  void flush(remote_peer& to, outbox& filled);
  /// Puts the items of another outbox for the peer in front of its own items.
  static void move_items(outbox& from, remote_peer& to);
  /// Sends what is due, and what was held back if there is room now.
  void go_on_with(remote_peer& to);
  void tell_lost(remote_peer& to, const std::vector<lost_answer>& xs);
  void send_item(remote_peer& to, outgoing_item& x, instant when);
  void open_request_of(remote_peer& to, const outgoing_item& x);
  void tell(remote_peer& to, remote::body_kind kind, caf::actor_id actor,
            std::uint64_t other = 0, const caf::error* reason = nullptr);
  void tell_encoded(remote_peer& to, remote::body_kind kind,
                    caf::actor_id actor, std::uint64_t other, byte_view reason);
  void lease_again(remote_peer& with);
  void tell_lease(remote_peer& to, caf::actor_id actor);
  void send_packets(remote_peer& to);
  void limit_controls(remote_peer& x);
  void say_farewell();
  bool keep_unknown(const outbox_ptr& box);
  void limit_unknown();
  void refuse_items(outbox& box, const caf::error& why, bool for_good);
  void refuse(open_request x, const caf::error& why);

  // -- postman_receiving.cpp

  void arrived(const unicasts_arrived& batch);
  void packet_came(peer_name source, remote::packet& x,
                   remote::session_events& events);
  void handle(remote_peer& from, const remote::session_events& events);
  void data_lost(remote_peer& to, data_label x);
  /// Counts messages to the peer as dropped, because they may not have arrived.
  void data_undecided(remote_peer& to, const std::vector<std::uint64_t>& labels,
                      const caf::error& why);
  void data_came(remote_peer& from, const payload& raw);
  void exit_came(remote_peer& from, const remote::body& x);
  void control_came(remote_peer& from, const payload& raw);
  void watch_came(remote_peer& from, caf::actor_id id);
  void lease_came(remote_peer& from, caf::actor_id id);
  void release_came(remote_peer& from, caf::actor_id id);
  void down_came(remote_peer& from, const remote::body& x);
  void link_came(remote_peer& from, const remote::body& x);
  caf::error decode_reason(byte_view from);

  // -- postman_messages.cpp

  struct incoming_message;
  void message_came(remote_peer& from, const remote::body& x,
                    remote::message_cost cost, caf::error why = {},
                    bytes&& large = {});
  void read(incoming_message& m);
  caf::error why_forbidden(const remote::body& x) const;
  bool is_awaited(incoming_message& m);
  void refuse(incoming_message& m, bool is_ours,
              const caf::strong_actor_ptr& sender);
  void deliver(incoming_message& m, bool is_ours, caf::strong_actor_ptr sender);
  caf::error read_content(caf::message_id mid, byte_view from,
                          caf_version::decoded_values& out);
  /// The actor's handle. Null for an actor of our own process, because a peer
  /// must not speak in its name.
  caf::strong_actor_ptr resolve(remote_peer& from, const remote::actor_ref& x);
  caf::strong_actor_ptr sender_of(remote_peer& from, caf::actor_id id);
  bool is_at_home(const remote::actor_ref& x) const;
  caf::strong_actor_ptr sender_at_home(caf::actor_id id, caf::message_id& mid);

  // -- postman_reporting.cpp

  caf::result<void> watch(const watch_dead_letters& x);
  void somebody_down(const caf::actor_addr& who);
  void dead_letters_came();
  void tell_of_dead_letters();
  caf::result<actors_status> report();
  /// The part of the status that the postman itself knows.
  add_spawned own_report() const;
  void add_our_own_entry(add_spawned& to) const;
  /// Counts a lost message to an actor of the peer.
  void drop_sent(remote_peer& to, std::uint64_t receiver,
                 const caf::error& why);
  /// Counts an error answer to the peer.
  /// @returns false, and counts nothing, if the peer has left too many errors
  ///          unacknowledged
  bool count_error(remote_peer& x);
  /// Counts a message from the peer that no local actor can receive.
  void drop_received(remote_peer& from, const remote::body& x,
                     const caf::error& why);
  actor_address address_of(const caf::node_id& node, caf::actor_id id) const;

  // -- closed connections (postman_closings.cpp)

  void report_closings_of(const router_actor& router);
  void report(const closing& x);
  void send_closings();
  caf::result<gossip_data_ptr> broadcast_came(const broadcast_arrived& x);

  // -- large messages (postman_large.cpp)

  void fragment_came(remote_peer& from, const remote::arrival& x);
  void assembled_came(std::vector<remote::assembled> xs);
  void expire_partial();

  // -- the ends of sessions (postman.cpp)

  void home_came(const actor_home& x);
  void home_gone(const actor_home& x);
  void peer_left(const peer_name& x);
  void is_listed_again(remote_peer& x);
  void life_proven(remote_peer& x);
  void observe(remote_peer& x);
  /// @pre no peer in `peers` has the UID or the node ID of `x`
  void add_peer(const actor_home& x);
  static caf::error has_left();
  static caf::error was_restarted();
  caf::error why_silent(const remote_peer& x) const;
  static caf::error no_home();
  caf::error why_unreachable(const remote_peer& x) const;
  /// Fails all requests and messages that wait for the peer, and drops the
  /// peer's handles of local actors.
  /// @param for_good whether the proxies of its actors end; if not, they work
  ///        again once the peer is back
  void break_off(remote_peer& with, const caf::error& why, bool for_good);
  /// Begins the session again, because the peer is unreachable.
  void give_up(remote_peer& x);
  /// Begins the session again, because too much waits for the peer.
  void give_up(remote_peer& x, const char* too_many);
  void begin_again(remote_peer& with,
                   const std::vector<std::uint64_t>& undecided);
  void forget_peer(peer_uid uid, const caf::error& why, bool for_good);
  credit_account_ptr account_of(const peer_name& x);
  void end_proxies(const caf::node_id& node, const caf::error& why,
                   bool for_good);
  void end_replaced(const actor_home& x, bool for_good);
  std::vector<peer_uid> other_lives(const actor_home& x) const;
  void refuse_for(const departed_life& gone, outbox& box);
  void check_unknown_homes();
  void schedule_upkeep();
  bool release_unused();
  void keep_up();
  bool fail_unanswerable();
  bool fail_unanswerable(const remote_peer& of, std::size_t& left,
                         bool gives_up_rest);
  static bool is_kept_only_by_us(const remote_peer& peer,
                                 const caf::strong_actor_ptr& proxy);
  void schedule(std::optional<instant> when);
  std::uint64_t draw_token();
  duration pause_before_seeking();
  instant now() const;

  self_ptr self;
  carrier_ptr shared;
  std::optional<caf_version::content_decoder> decoder; // set by `start`
  log_sink_ptr log;
  channel_of_postman channel;
  peer_name our_name;
  peer_uid our_uid{};
  std::mt19937_64 random;
  std::map<peer_uid, remote_peer> peers;
  std::unordered_map<caf::node_id, peer_uid> uid_of_node;
  std::multimap<peer_name, peer_uid> lives_of_peer;
  /// Peers that wait because another peer still has their node ID.
  std::unordered_map<caf::node_id, actor_home> waiting_lives;
  departed_lives departed;
  std::vector<homes_changed> early_homes; // came before we knew our UID
  /// Filled outboxes for nodes that the directory does not list, and since when
  /// they have waited.
  std::map<outbox_ptr, instant> unknown;
  static constexpr std::size_t most_unknown = 1024;
  open_requests requests;
  remote::packet arriving;                // memory of the packet being handled
  remote::session_events arriving_events; // memory of its events
  remote::partial_messages partial;
  std::optional<unprocessed_costs> unprocessed;
  common_limit_ptr all_controls; // limit for all sessions, in bytes
  line_limit lines;
  std::optional<message_reader> reader; // set by `start`
  dead_letter_watchers<self_ptr> watchers;
  std::optional<remote::closing_queue> closings; // set by `start`
  remote::closing_quota closing_quotas;          // of other peers
  closing_listener_actor topology;    // null until the router sends it
  std::uint64_t closing_messages = 0; // sent so far
  spawner_of_postman spawner;         // null if nothing is spawnable
  bool telling = false;               // tell_dead_letters is on its way
  std::uint64_t sessions = 0;         // begun so far
  std::optional<instant> scheduled;
  std::optional<instant> upkeep_at;
};

} // namespace cafmesh
