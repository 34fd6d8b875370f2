#include "gossip_channel.hpp"

#include <functional>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../messages/errc.hpp"
#include "../messages/quoted.hpp"
#include "core/instant.hpp"
#include "core/routes.hpp"
#include "gossip_sender.hpp"
#include "late_answer.hpp"
#include "surrogate.hpp"
#include "unicast_lanes.hpp"

namespace cafmesh {

namespace {

// gossip_channel -> itself
struct gossip_due {};
struct flush_lanes {};
struct check_lanes {};
struct end_now {};

using channel_interface = gossip_channel_actor::extend<
  caf::reacts_to<view_changed>, caf::reacts_to<neighbour_added>,
  caf::reacts_to<gossip_due>, caf::reacts_to<flush_lanes>,
  caf::reacts_to<check_lanes>, caf::reacts_to<end_now>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gossip_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::flush_lanes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_lanes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::end_now)

namespace cafmesh {

namespace {

// How often lanes are looked at while something waits in one.
constexpr auto lane_check_interval = std::chrono::milliseconds{250};

// Whether the gossiper is gone, as opposed to unable to make sense of bytes. A
// runtime error is an exception, which ends it.
bool went_away(const caf::error& why) {
  return why == caf::sec::request_receiver_down
         || why == caf::sec::runtime_error
         || why.category() == caf::atom("exit");
}

// A connection that is gone cannot answer: CAF does, in its own words.
caf::error as_no_connection(const caf::error& why) {
  if (!went_away(why))
    return why;
  return make_error(errc::no_connection, "connection ended: " + describe(why));
}

struct gossip_channel_state {
  explicit gossip_channel_state(channel_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.gossip_channel";

  // -- life
  void start(context_ptr context, std::string channel, gossiper_actor receiver);
  caf::result<void> adopt(gossiper_actor receiver);
  void gossiper_down();
  void stop(const caf::error& reason);
  void log(log_level level, const std::string& text) const;

  // -- arrivals
  caf::response_promise arrived(const deliveries& batch);
  std::uint64_t owe(const late_answer_ptr& answer);
  void settle(std::uint64_t question);
  void settle(std::uint64_t question, caf::error why);
  void hand_over(unicasts_arrived mine, const late_answer_ptr& answer);
  void broadcast_came(const deliveries& batch, const delivery& x,
                      const late_answer_ptr& answer);
  void gossip_came(const deliveries& batch, const delivery& x,
                   const late_answer_ptr& answer);
  struct relay {
    peer_name from; // our neighbour
    peer_name destination;
    payload message;
  };
  void relay_unicast(const relay& x, const late_answer_ptr& answer,
                     bool with_fresh_routes);

  // -- departures
  void send_unicast(const unicast& x, const late_answer_ptr& answer);
  void route_unicast(const unicast& x, const late_answer_ptr& answer,
                     bool with_fresh_routes);
  void enqueue(peer_name hop, const connection_actor& to, outgoing x,
               const late_answer_ptr& answer);
  void flush();
  void relay_broadcast(peer_name source, gossip_data_ptr data);
  void relay_gossip(peer_name source, gossip_data_ptr data);
  void gossip_periodically();
  void send_everything(const neighbour_added& x);

  // -- views
  void with_fresh_view(std::function<void()> f);
  void ask_for_view();
  void set_view(mesh_view_ptr next);
  const connection_actor* connection_to(peer_name neighbour) const;
  const std::vector<peer_name>& broadcast_targets(peer_name source);
  gossip_sender_actor sender_to(peer_name neighbour,
                                const connection_actor& to);

  struct sender_slot {
    connection_actor connection;
    gossip_sender_actor sender;
  };
  void let_go(const sender_slot& x);

  channel_status status() const;

  channel_interface::pointer self;
  context_ptr ctx;
  channel_status figures;
  channel_name channel;
  gossiper_actor gossiper;
  bool surrogate = false;
  std::mt19937_64 rng;

  mesh_view_ptr view;
  std::unordered_map<peer_name, std::vector<peer_name>> targets; // of this view
  std::vector<std::function<void()>> asked;  // run when the view comes
  std::vector<std::function<void()>> to_ask; // came after it was asked for

  std::unordered_map<peer_name, sender_slot> senders;

  // Answers that wait for the gossiper, which may end without having given its.
  std::unordered_map<std::uint64_t, late_answer_ptr> owed;
  std::uint64_t last_question = 0;

  std::optional<unicast_lanes> lanes;
  bool flushing = false;
  bool checking = false;
  caf::error stopping; // why it will end
};

// -- life

void gossip_channel_state::start(context_ptr context, std::string text,
                                 gossiper_actor receiver) {
  ctx = std::move(context);
  channel = std::make_shared<const std::string>(std::move(text));
  rng.seed(ctx->draw_seed(std::hash<std::string>{}(*channel)));
  lanes.emplace(ctx->config.max_waiting_bytes);
  view = std::make_shared<const mesh_view>();
  surrogate = !receiver;
  gossiper = receiver ? std::move(receiver) : spawn_surrogate(self, ctx);
  self->monitor(gossiper);
  self->set_down_handler([this](const caf::down_msg& x) {
    if (x.source == gossiper)
      gossiper_down();
  });
  self->set_exit_handler([this](const caf::exit_msg& x) { stop(x.reason); });
  self->send(ctx->topology, watch_views{view_watcher_actor{self}});
  self->delayed_send(self, ctx->config.gossip_interval, gossip_due{});
}

caf::result<void> gossip_channel_state::adopt(gossiper_actor receiver) {
  if (!surrogate)
    return make_error(errc::duplicate_channel,
                      "channel '" + *channel + "' has a gossiper already");
  self->demonitor(caf::actor_cast<caf::actor_addr>(gossiper));
  self->send_exit(gossiper, caf::exit_reason::user_shutdown);
  gossiper = std::move(receiver);
  self->monitor(gossiper);
  surrogate = false;
  return caf::unit;
}

void gossip_channel_state::gossiper_down() {
  log(log_level::warning, "its gossiper ended; relaying as a surrogate");
  gossiper = spawn_surrogate(self, ctx);
  self->monitor(gossiper);
  surrogate = true;
  // An actor that ends does not answer what it has put off.
  owed.clear();
}

// An exit message overtakes what was sent before it, which is to be answered by
// us and not, once we are gone, by CAF.
void gossip_channel_state::stop(const caf::error& reason) {
  if (!reason || stopping)
    return;
  stopping = reason;
  self->send(self, end_now{});
}

void gossip_channel_state::log(log_level level, const std::string& text) const {
  ctx->write(level, "channel " + quoted(*channel) + ": " + text);
}

// -- arrivals

caf::response_promise gossip_channel_state::arrived(const deliveries& batch) {
  auto answer =
    std::make_shared<late_answer>(self, self->make_response_promise());
  auto promise = answer->promise();
  // Relaying slows the neighbour that sent to us; that it fails is no reason to
  // part from him.
  late_answer_ptr relaying;
  unicasts_arrived mine;
  for (const auto& x : batch.messages) {
    if (x.tag == wire::message_tag::unicast) {
      if (x.destination == ctx->self.name) {
        mine.messages.push_back({x.source, batch.data(x)});
      } else {
        if (!relaying)
          relaying = std::make_shared<late_answer>(answer);
        relay_unicast({batch.neighbour, x.destination, batch.message(x)},
                      relaying, false);
      }
      continue;
    }
    // The gossiper gets things in the order in which they arrived.
    hand_over(std::exchange(mine, {}), answer);
    if (x.tag == wire::message_tag::broadcast)
      broadcast_came(batch, x, answer);
    else
      gossip_came(batch, x, answer);
  }
  hand_over(std::move(mine), answer);
  return promise;
}

std::uint64_t gossip_channel_state::owe(const late_answer_ptr& answer) {
  owed.emplace(++last_question, answer);
  return last_question;
}

void gossip_channel_state::settle(std::uint64_t question) {
  owed.erase(question);
}

void gossip_channel_state::settle(std::uint64_t question, caf::error why) {
  auto i = owed.find(question);
  if (i == owed.end())
    return;
  if (!went_away(why))
    i->second->note(std::move(why));
  owed.erase(i);
}

void gossip_channel_state::hand_over(unicasts_arrived mine,
                                     const late_answer_ptr& answer) {
  if (mine.messages.empty())
    return;
  figures.unicasts_received += mine.messages.size();
  auto question = owe(answer);
  self->request(gossiper, caf::infinite, std::move(mine))
    .then(
      [this, question] { settle(question); },
      [this, question](caf::error& why) { settle(question, std::move(why)); });
}

void gossip_channel_state::broadcast_came(const deliveries& batch,
                                          const delivery& x,
                                          const late_answer_ptr& answer) {
  ++figures.broadcasts_received;
  auto source = x.source;
  auto question = owe(answer);
  self
    ->request(gossiper, caf::infinite, broadcast_arrived{source, batch.data(x)})
    .then(
      [this, source, question](gossip_data_ptr& on) {
        settle(question);
        if (on)
          relay_broadcast(source, std::move(on));
      },
      [this, question](caf::error& why) { settle(question, std::move(why)); });
}

void gossip_channel_state::gossip_came(const deliveries& batch,
                                       const delivery& x,
                                       const late_answer_ptr& answer) {
  ++figures.gossips_received;
  auto source = x.source;
  auto question = owe(answer);
  self->request(gossiper, caf::infinite, gossip_arrived{batch.data(x)})
    .then(
      [this, source, question](gossip_data_ptr& news) {
        settle(question);
        if (news)
          relay_gossip(source, std::move(news));
      },
      [this, question](caf::error& why) { settle(question, std::move(why)); });
}

void gossip_channel_state::relay_unicast(const relay& x,
                                         const late_answer_ptr& answer,
                                         bool with_fresh_routes) {
  auto hop =
    view->ways ? view->ways->next_hop(x.destination, reach::all) : std::nullopt;
  const auto* to = hop ? connection_to(*hop) : nullptr;
  // A channel that is new, as for the first message that a surrogate relays,
  // has not seen a view at all.
  if (!to && !with_fresh_routes)
    return with_fresh_view(
      [this, x, answer] { relay_unicast(x, answer, true); });
  // Back to where it came from would be a circle: their view differs from ours.
  if (!to || *hop == x.from) {
    ++figures.unicasts_dropped;
    return;
  }
  ++figures.unicasts_relayed;
  outgoing on;
  on.tag = wire::message_tag::unicast;
  on.relayed = true;
  on.data = x.message;
  enqueue(*hop, *to, std::move(on), answer);
}

// -- departures

void gossip_channel_state::send_unicast(const unicast& x,
                                        const late_answer_ptr& answer) {
  if (stopping) {
    ++figures.unicasts_dropped;
    return answer->note(make_error(errc::stopped, "the node stops"));
  }
  auto size = wire::message_size(wire::message_tag::unicast, *channel,
                                 ctx->self.name, x.to, x.data.size());
  auto limit = wire::max_frame_size - crypto::seal_overhead;
  if (size > limit) {
    ++figures.unicasts_dropped;
    return answer->note(
      make_error(errc::too_large, "unicast of " + std::to_string(size)
                                    + " bytes with its envelope, the limit is "
                                    + std::to_string(limit)));
  }
  if (x.to == ctx->self.name) {
    unicasts_arrived mine;
    mine.messages.push_back({x.to, x.data});
    return hand_over(std::move(mine), answer);
  }
  route_unicast(x, answer, false);
}

void gossip_channel_state::route_unicast(const unicast& x,
                                         const late_answer_ptr& answer,
                                         bool with_fresh_routes) {
  auto hop = view->ways ? view->ways->next_hop(x.to, reach::all) : std::nullopt;
  const auto* to = hop ? connection_to(*hop) : nullptr;
  if (to) {
    ++figures.unicasts_sent;
    outgoing message;
    message.tag = wire::message_tag::unicast;
    message.source = ctx->self.name;
    message.destination = x.to;
    message.data = x.data;
    return enqueue(*hop, *to, std::move(message), answer);
  }
  if (!with_fresh_routes)
    return with_fresh_view(
      [this, x, answer] { route_unicast(x, answer, true); });
  ++figures.unicasts_dropped;
  answer->note(
    hop ? make_error(errc::no_connection, "no connection to " + hop->str()
                                            + ", the next hop to " + x.to.str())
        : make_error(errc::no_route, "no way to " + x.to.str()));
}

void gossip_channel_state::enqueue(peer_name hop, const connection_actor& to,
                                   outgoing x, const late_answer_ptr& answer) {
  lanes->add(hop, to, std::move(x), answer);
  if (!flushing) {
    // Behind the work at hand: whatever else it has for this connection goes
    // along.
    flushing = true;
    self->send(self, flush_lanes{});
  }
  if (!checking) {
    checking = true;
    self->delayed_send(self, lane_check_interval, check_lanes{});
  }
}

void gossip_channel_state::flush() {
  flushing = false;
  while (auto batch = lanes->next_batch(self->clock().now())) {
    auto taken = [this](const unicast_lanes::batch& x, const caf::error& why) {
      lanes->taken(x, why, self->clock().now());
      flush();
    };
    auto to = batch->to;
    auto items = transmit{channel, std::exchange(batch->items, {})};
    self->request(to, caf::infinite, std::move(items))
      .then([taken, x = *batch] { taken(x, {}); },
            [taken, x = *batch](const caf::error& why) {
              taken(x, as_no_connection(why));
            });
  }
}

void gossip_channel_state::relay_broadcast(peer_name source,
                                           gossip_data_ptr data) {
  with_fresh_view([this, source, data] {
    for (auto neighbour : broadcast_targets(source))
      if (const auto* to = connection_to(neighbour))
        self->send(sender_to(neighbour, *to), queue_broadcast{source, data});
  });
}

void gossip_channel_state::relay_gossip(peer_name source,
                                        gossip_data_ptr data) {
  with_fresh_view([this, source, data] {
    if (!view->ways)
      return;
    for (auto neighbour : view->ways->random_neighbours(source, rng))
      if (const auto* to = connection_to(neighbour))
        self->send(sender_to(neighbour, *to), queue_gossip{data});
  });
}

void gossip_channel_state::gossip_periodically() {
  self->delayed_send(self, ctx->config.gossip_interval, gossip_due{});
  self->request(gossiper, caf::infinite, get_gossip{})
    .then(
      [this](gossip_data_ptr& everything) {
        if (everything)
          relay_gossip(ctx->self.name, std::move(everything));
      },
      [this](const caf::error& why) {
        log(log_level::warning, "no state to gossip: " + describe(why));
      });
}

void gossip_channel_state::send_everything(const neighbour_added& x) {
  self->request(gossiper, caf::infinite, get_gossip{})
    .then(
      [this, x](gossip_data_ptr& everything) {
        if (everything)
          self->send(sender_to(x.name, x.connection),
                     queue_gossip{std::move(everything)});
      },
      [this](const caf::error& why) {
        log(log_level::warning, "no state for a new peer: " + describe(why));
      });
}

// -- views

void gossip_channel_state::with_fresh_view(std::function<void()> f) {
  to_ask.push_back(std::move(f));
  if (asked.empty())
    ask_for_view();
}

void gossip_channel_state::ask_for_view() {
  // What comes from now on may follow a change that the answer lacks: it waits
  // for the next.
  asked = std::exchange(to_ask, {});
  auto run = [this] {
    for (auto& f : std::exchange(asked, {}))
      f();
    if (asked.empty() && !to_ask.empty())
      ask_for_view();
  };
  self->request(ctx->topology, caf::infinite, get_view{})
    .then(
      [this, run](mesh_view_ptr& fresh) {
        set_view(std::move(fresh));
        run();
      },
      [run](const caf::error&) { run(); });
}

void gossip_channel_state::set_view(mesh_view_ptr next) {
  if (view->ways && next->ways
      && next->ways->generation() < view->ways->generation())
    return;
  if (next == view)
    return;
  view = std::move(next);
  targets.clear();
  for (auto i = senders.begin(); i != senders.end();) {
    const auto* to = connection_to(i->first);
    if (to && *to == i->second.connection) {
      ++i;
    } else {
      let_go(i->second);
      i = senders.erase(i);
    }
  }
}

// A sender that nobody refers to any more ends before it hears that its
// connection has: still linked, it would take us along.
void gossip_channel_state::let_go(const sender_slot& x) {
  if (x.sender)
    self->unlink_from(x.sender);
}

const connection_actor*
gossip_channel_state::connection_to(peer_name neighbour) const {
  auto i = view->connections.find(neighbour);
  return i == view->connections.end() ? nullptr : &i->second;
}

const std::vector<peer_name>&
gossip_channel_state::broadcast_targets(peer_name source) {
  static const std::vector<peer_name> none;
  // Not noted for sources that do not exist: of those there is no end.
  if (!view->ways || !view->ways->knows(source))
    return none;
  auto [i, is_new] = targets.try_emplace(source);
  if (is_new)
    i->second = view->ways->broadcast_targets(source, reach::all);
  return i->second;
}

gossip_sender_actor
gossip_channel_state::sender_to(peer_name neighbour,
                                const connection_actor& to) {
  auto& slot = senders[neighbour];
  if (slot.connection != to) {
    let_go(slot);
    slot = {to, spawn_gossip_sender(self, ctx, channel, to)};
  }
  return slot.sender;
}

// -- behaviour

channel_status gossip_channel_state::status() const {
  auto result = figures;
  result.name = *channel;
  result.surrogate = surrogate;
  result.unicasts_dropped += lanes->dropped();
  return result;
}

channel_interface::behavior_type gossip_channel_behavior(
  channel_interface::stateful_pointer<gossip_channel_state> self,
  const context_ptr& ctx, const std::string& name,
  const gossiper_actor& gossiper) {
  auto st = &self->state;
  st->start(ctx, name, gossiper);
  auto promised = [self] {
    return std::make_shared<late_answer>(self, self->make_response_promise());
  };
  return {
    [st, promised](const unicast& x) { st->send_unicast(x, promised()); },
    [st, promised](const unicasts& x) {
      auto answer = promised();
      for (const auto& one : x.messages)
        st->send_unicast(one, answer);
    },
    [st](broadcast& x) {
      if (x.data)
        st->relay_broadcast(st->ctx->self.name, std::move(x.data));
    },
    [st](gossip& x) {
      if (x.data)
        st->relay_gossip(st->ctx->self.name, std::move(x.data));
    },
    [st](const deliveries& batch) -> caf::result<void> {
      return st->arrived(batch);
    },
    [st](adopt_gossiper& x) { return st->adopt(std::move(x.gossiper)); },
    [st](get_channel_status) { return st->status(); },
    [st](view_changed& x) { st->set_view(std::move(x.view)); },
    [st](const neighbour_added& x) { st->send_everything(x); },
    [st](gossip_due) { st->gossip_periodically(); },
    [st](flush_lanes) { st->flush(); },
    [st](check_lanes) {
      st->checking = st->lanes->check(st->self->clock().now());
      if (st->checking)
        st->self->delayed_send(st->self, lane_check_interval, check_lanes{});
    },
    [st](end_now) { st->self->quit(st->stopping); },
  };
}

} // namespace

gossip_channel_actor spawn_gossip_channel(caf::actor_system& system,
                                          context_ptr ctx, std::string name,
                                          gossiper_actor gossiper) {
  return system.spawn(gossip_channel_behavior, std::move(ctx), std::move(name),
                      std::move(gossiper));
}

} // namespace cafmesh
