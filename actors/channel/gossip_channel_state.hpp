#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/deferred_reply.hpp"
#include "actors/channel/gossip_channel.hpp"
#include "actors/channel/unicast_lanes.hpp"
#include "actors/context/postman_channel.hpp"
#include "actors/core/gossip/gathered_news.hpp"
#include "actors/core/gossip/loop_guard.hpp"
#include "actors/core/limits/line_limit.hpp"
#include "actors/core/mesh/broadcast_senders.hpp"

/// The state of a channel, for use in `gossip_channel*.cpp` only:
/// - `gossip_channel.cpp`: message handlers, start and end
/// - `gossip_channel_receiving.cpp`: messages from connections
/// - `gossip_channel_answers.cpp`: the gossiper's answers and failures
/// - `gossip_channel_sending.cpp`: all output except the complete state
/// - `gossip_channel_periodic.cpp`: sending the complete state
/// - `gossip_channel_topology.cpp`: special rules of the channel `topology`
/// - `gossip_channel_views.cpp`: views of the mesh, and the gossip senders
namespace cafmesh {

// gossip_channel -> itself
struct gossip_due {};
struct flush_lanes {};   // send the batches that may be sent now
struct check_lanes {};   // look for slow and stuck neighbours
struct leaves_due {};    // send what was gathered for leaves
struct check_answers {}; // look for overdue answers of the gossiper
struct sweep_senders {}; // end idle gossip senders
struct end_now {};       // quit; earlier messages have been answered

using channel_interface = inner_channel_actor::extend<
  caf::reacts_to<posted_unicasts>, caf::reacts_to<view_changed>,
  caf::reacts_to<neighbour_added>, caf::reacts_to<neighbour_lost>,
  caf::reacts_to<gossip_due>, caf::reacts_to<flush_lanes>,
  caf::reacts_to<check_lanes>, caf::reacts_to<leaves_due>,
  caf::reacts_to<check_answers>, caf::reacts_to<sweep_senders>,
  caf::reacts_to<end_now>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::flush_lanes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_lanes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::leaves_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_answers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::sweep_senders)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::end_now)

namespace cafmesh {

struct gossip_channel_state {
  explicit gossip_channel_state(channel_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.gossip_channel";

  // -- life
  void start(context_ptr context, std::string text, gossiper_actor receiver,
             sending_log_ptr senders_log, channel_usage_ptr noted);
  caf::result<void> adopt(gossiper_actor receiver);
  void stop(const caf::error& reason);
  void log(log_level level, const std::string& text) const;
  /// Writes a warning, unless one with the same `topic` was written recently.
  void log_seldom(const std::string& topic, const std::string& text);

  // -- answers
  struct question {
    deferred_reply_ptr answer;
    /// The neighbour that the message came from; none if it came from this
    /// node.
    std::optional<peer_name> neighbour;
    /// Whether an error from the gossiper closes the connection to `neighbour`.
    bool is_to_blame = false;
    std::uint64_t asked_at = 0; // the value of `checks` at the request
  };
  /// Calls `ask`, which sends a question to the gossiper. If too many questions
  /// are open, waits until the gossiper has answered some of them.
  template <class F>
  void ask_in_turn(F ask);
  bool may_ask() const;
  void ask_more();
  std::uint64_t open_question(question x);
  /// Removes and returns an open question; nullopt if it was dropped because
  /// the gossiper ended or stalled.
  std::optional<question> take_question(std::uint64_t number);
  void refused(std::uint64_t number, caf::error why);
  void look_for_overdue();
  void schedule_check();
  void gossiper_down(const caf::error& reason);
  void gossiper_stalled();
  void relay_as_surrogate(log_level level, const std::string& what,
                          const caf::error& reason);
  void bypassed(const channel_bypassed& x);
  void lost_data(const data_failed& x);
  void surplus(const surplus_ignored& x);
  void check_faults(data_faults& x);

  // -- receiving
  caf::response_promise arrived(const deliveries& batch);
  void hand_over(unicasts_arrived mine, question from);
  template <class Arrived, class Relay>
  void ask_what_goes_on(Arrived what, question from, Relay relay_it);
  question question_for(const deliveries& batch, const delivery& x,
                        const deferred_reply_ptr& answer) const;
  void broadcast_came(const deliveries& batch, const delivery& x,
                      const deferred_reply_ptr& answer);
  void gossip_came(const deliveries& batch, const delivery& x,
                   const deferred_reply_ptr& answer);
  struct relay {
    peer_name from; // the neighbour that sent the message
    peer_name source;
    peer_name destination;
    payload message;
  };
  void relay_unicast(const relay& x, const deferred_reply_ptr& answer,
                     bool with_fresh_routes);

  // -- sending
  void send_unicast(const unicast& x, const deferred_reply_ptr& answer);
  void route_unicast(const unicast& x, const deferred_reply_ptr& answer,
                     bool with_fresh_routes);
  void enqueue(peer_name hop, const connection_actor& to, outgoing x,
               const deferred_reply_ptr& answer);
  void flush();
  /// Calls `f`, which may queue unicasts. If our mailbox is empty, sends the
  /// unicasts immediately. If it is not, the unicasts wait, so that later
  /// messages can add to the same batches.
  template <class F>
  void then_flush(F f) {
    auto at_once = !flushing && caf_version::has_empty_mailbox(self);
    flushing = flushing || at_once;
    f();
    if (at_once)
      flush();
  }
  void look_for_stuck();
  /// Passes a broadcast on to the next neighbours of the broadcast tree, except
  /// `from`.
  /// @param before the view when the broadcast arrived, used if the source has
  ///        left the mesh since
  void relay_broadcast(peer_name source, gossip_data_ptr data,
                       peer_name from = {}, mesh_view_ptr before = nullptr);
  void tell_leaves_soon(gossip_data_ptr data);
  void tell_leaves(instant now);
  void gossip_topology();
  /// Passes gossip on to random neighbours, except `source` and `from`.
  /// @param from the neighbour that sent the data to us, which is not always
  ///        `source`
  void relay_gossip(peer_name source, gossip_data_ptr data,
                    peer_name from = {});
  void schedule_first_gossip();
  void schedule_gossip();
  void gossip_periodically();
  void send_everything(const neighbour_added& x);
  void ask_for_state();
  void pass_on_state(const gossip_data_ptr& everything);
  void drain_to(const deferred_reply_ptr& answer);

  // -- views
  void with_fresh_way(peer_name destination, std::function<void()> f);
  bool others_wait_for_way(peer_name destination) const {
    return !waiting_for_way.empty() && waiting_for_way.count(destination) > 0;
  }
  void with_fresh_view(std::function<void()> f);
  void ask_for_view();
  void set_view(mesh_view_ptr next);
  void lose(const neighbour_lost& x);
  const connection_actor* connection_to(peer_name neighbour) const;
  struct way {
    peer_name destination;
    std::optional<peer_name> hop;
    const connection_actor* connection = nullptr; // points into the view
  };
  /// The next hop to a peer, and the connection to that hop. The result is
  /// valid until the next call or the next view.
  const way& way_to(peer_name destination);
  const std::vector<peer_name>& broadcast_targets(peer_name source);
  gossip_sender_actor sender_to(peer_name neighbour,
                                const connection_actor& to);

  struct sender_slot {
    connection_actor connection;
    gossip_sender_actor sender;
    bool was_used = false; // whether used since the last sweep
    bool is_asked = false; // whether `drain` was requested
  };
  void unlink_sender(const sender_slot& x);
  void retire_sender(const sender_slot& x);
  void sweep();
  void schedule_sweep();
  void end_if_unused(peer_name neighbour, const gossip_sender_actor& x);

  channel_status status() const;

  channel_interface::pointer self;
  context_ptr ctx;
  channel_status figures;
  channel_name channel;
  gossiper_actor gossiper;
  bool surrogate = false;
  bool is_topology = false;
  channel_usage_ptr usage; // null: use is not recorded
  std::mt19937_64 rng;
  std::optional<loop_guard> loops;
  line_limit lines;
  data_faults faults; // except those of `for_leaves`

  mesh_view_ptr view;
  /// The neighbours whose connections in `view` have ended.
  std::set<peer_name> lost_neighbours;
  broadcast_senders broadcasters;
  std::unordered_map<peer_name, std::vector<peer_name>> targets; // by source
  way latest_way;                           // the last result for this view
  std::multiset<peer_name> waiting_for_way; // destinations of waiting unicasts
  std::vector<std::function<void()>> waiting_for_view;
  // Functions that were added after the present request for a view. They wait
  // for the view that will be requested next.
  std::vector<std::function<void()>> waiting_for_later_view;

  std::unordered_map<peer_name, sender_slot> senders;
  sending_log_ptr sending; // shared by the senders
  bool sweeping = false;

  // Requests that the gossiper has not answered yet.
  std::map<std::uint64_t, question> unanswered; // oldest first
  std::uint64_t last_question = 0;
  std::deque<std::function<void()>>
    questions;              // oldest first; still to be asked
  std::uint64_t checks = 0; // checks for overdue answers so far
  bool checking_answers = false;
  struct state_receivers {
    bool random = false; // whether random neighbours are receivers
    std::map<peer_name, connection_actor> added;

    bool empty() const {
      return !random && added.empty();
    }
  };
  bool awaiting_state = false;
  state_receivers receivers_of_state;      // of the state that was requested
  state_receivers receivers_of_next_state; // of the state to request next

  gathered_news for_leaves;
  bool leaves_scheduled = false;

  std::optional<unicast_lanes> lanes;
  bool flushing = false;
  bool checking_lanes = false;
  bool draining = false; // whether the node is stopping
  caf::error end_reason; // why the channel is ending; else empty
};

} // namespace cafmesh
