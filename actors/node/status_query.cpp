#include "actors/node/status_query.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/mesh/routes.hpp"

namespace cafmesh {

namespace {

// The time limit for each answer. If an answer is missing, the status is
// incomplete.
constexpr auto answer_time = std::chrono::seconds{1};

// Collects the answers of the node's actors. Each unanswered request holds a
// reference to this object. When the last reference is dropped, the status is
// delivered and the actor ends.
class growing_answer {
public:
  growing_answer(status_query_actor::pointer self, mesh_status known)
      : value(std::move(known)), self_(self),
        promise_(self->make_response_promise<mesh_status>()) {
  }
  growing_answer(const growing_answer&) = delete;
  growing_answer& operator=(const growing_answer&) = delete;
  ~growing_answer() {
    sort_parts();
    promise_.deliver(std::move(value));
    self_->quit();
  }

  mesh_status value;

private:
  void sort_parts() {
    std::sort(value.connections.begin(), value.connections.end(),
              [](const auto& x, const auto& y) {
                return x.remote != y.remote ? x.remote < y.remote : x.id < y.id;
              });
    std::sort(value.channels.begin(), value.channels.end(),
              [](const auto& x, const auto& y) { return x.name < y.name; });
  }

  status_query_actor::pointer self_;
  caf::typed_response_promise<mesh_status> promise_;
};

using answer_ptr = std::shared_ptr<growing_answer>;

void add_routes(mesh_status& out, const routes& all) {
  auto ways = all.over(route_scope::established);
  for (auto name : ways.names())
    if (name == ways.self())
      out.unicast_routes.push_back({name, peer_name::unknown(name.flavour())});
    else if (auto via = ways.next_hop(name))
      out.unicast_routes.push_back({name, *via});
  out.broadcast_routes.push_back(
    {ways.self(), ways.broadcast_targets(ways.self())});
}

struct status_query_state {
  explicit status_query_state(status_query_actor::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.status_query";

  template <class Handle, class Question, class OnAnswer>
  void ask(const Handle& whom, Question question, OnAnswer on_answer,
           const answer_ptr& answer) {
    self->request(whom, answer_time, std::move(question))
      .then(std::move(on_answer), [answer](const caf::error&) {});
  }

  void collect(const status_request& x) {
    auto answer = std::make_shared<growing_answer>(self, x.known);
    auto& out = answer->value;
    ask(
      ctx->topology, get_topology{},
      [answer, &out](mesh_description& mesh) {
        out.peers = std::move(mesh.peers);
      },
      answer);
    ask(
      ctx->maker, get_dial_status{},
      [answer, &out](dial_status& dialling) {
        out.dialling = std::move(dialling);
      },
      answer);
    if (x.actors)
      ask(
        x.actors, get_actors{},
        [answer, &out](actors_status& actors) {
          out.actors = std::move(actors);
        },
        answer);
    if (ctx->overlay)
      ask(
        ctx->overlay, get_overlay_diagnostics{},
        [answer, &out](std::string& json) {
          out.overlay_diagnostics = std::move(json);
        },
        answer);
    for (const auto& channel : x.channels)
      ask(
        channel, get_channel_status{},
        [answer, &out](channel_status& one) {
          out.channels.push_back(std::move(one));
        },
        answer);
    ask(
      ctx->topology, get_view{},
      [answer, &out](const mesh_view_ptr& view) {
        if (view->routes)
          add_routes(out, *view->routes);
      },
      answer);
    // The connection maker knows the dialled and the admitted connections, and
    // the acceptor knows all inbound ones.
    auto found = [this, answer](const std::vector<connection_actor>& xs) {
      ask_connections(xs, answer);
    };
    ask(ctx->maker, get_connections{}, found, answer);
    if (!x.acceptor)
      return;
    ask(x.acceptor, get_connections{}, found, answer);
    ask(
      x.acceptor, get_inbound_status{},
      [answer, &out](inbound_status& inbound) {
        out.inbound = std::move(inbound);
      },
      answer);
  }

  void ask_connections(const std::vector<connection_actor>& xs,
                       const answer_ptr& answer) {
    auto& out = answer->value;
    for (const auto& x : xs)
      if (asked.insert(x.address()).second)
        ask(
          x, get_connection_status{},
          [answer, &out](connection_status& one) {
            out.connections.push_back(std::move(one));
          },
          answer);
  }

  status_query_actor::pointer self;
  context_ptr ctx;
  std::set<caf::actor_addr> asked;
};

status_query_actor::behavior_type status_query_behavior(
  status_query_actor::stateful_pointer<status_query_state> self,
  const context_ptr& ctx) {
  self->state.ctx = ctx;
  return {
    [self](const status_request& x) -> caf::result<mesh_status> {
      self->state.collect(x);
      return caf::delegated<mesh_status>{};
    },
  };
}

} // namespace

status_query_actor spawn_status_query(caf::local_actor* parent,
                                      context_ptr ctx) {
  return ctx->parts->add(parent->spawn(status_query_behavior, ctx),
                         "status_query");
}

} // namespace cafmesh
