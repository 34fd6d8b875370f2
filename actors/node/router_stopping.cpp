#include "actors/node/router_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/reason.hpp"
#include "actors/context/stopped.hpp"
#include <cafmesh/errc.hpp>

// How a node stops: channels first, then connections, then everything else.
namespace cafmesh {

caf::result<void> router_state::stop() {
  waiting_for_stop.push_back(guarded_promise(self->make_response_promise()));
  auto promise = *waiting_for_stop.back();
  begin_stop();
  return promise;
}

void router_state::begin_stop() {
  if (stopping)
    return;
  stopping = true;
  listening.reset();
  // Stops the announcements. All our connections will end one by one, and
  // announcing each end would flood the mesh.
  self->send(ctx->topology, announce_through{});
  if (acceptor)
    self->send(acceptor, refuse_connections{});
  self->send(ctx->maker, refuse_connections{});
  if (failure || ctx->config.drain_limit.count() == 0)
    return close_connections();
  self->delayed_send(self, ctx->config.drain_limit, drained_long_enough{});
  drain_channels();
}

void router_state::drain_channels() {
  channels_draining = channels.size();
  auto one_less = [this] {
    if (channels_draining > 0 && --channels_draining == 0)
      finish_connections_now();
  };
  for (const auto& x : channels)
    self->request(x.second, caf::infinite, drain{})
      .then(one_less, [one_less](const caf::error&) { one_less(); });
}

// Ends only the connections, which still need the topology and the channels.
void router_state::finish_connections_now() {
  if (acceptor)
    self->send(acceptor, finish_connections{});
  self->send(ctx->maker, finish_connections{});
  end_if_alone();
}

void router_state::close_connections() {
  channels_draining = 0;
  if (acceptor)
    self->send_exit(acceptor, caf::exit_reason::user_shutdown);
  self->send_exit(ctx->maker, caf::exit_reason::user_shutdown);
  end_if_alone();
}

void router_state::stop_channels() {
  if (ctx->overlay)
    self->send_exit(ctx->overlay, caf::exit_reason::user_shutdown);
  self->send_exit(ctx->topology, caf::exit_reason::user_shutdown);
  for (const auto& x : channels)
    self->send_exit(x.second, caf::exit_reason::user_shutdown);
}

void router_state::child_down(const caf::actor_addr& who,
                              const caf::error& reason) {
  auto i = children.find(who);
  if (i == children.end())
    return;
  auto is_expected =
    ending.erase(who) > 0 || (stopping && !caf_version::is_accident(reason));
  if (!is_expected && !failure)
    fail(i->second + " ended: " + reason_text(reason));
  children.erase(i);
  end_if_alone();
}

// Ends the whole node because one of its actors has failed. Tells every other
// actor to end, because the failed actor may have been the only one with
// handles of some of them.
void router_state::fail(std::string why) {
  failure = make_error(errc::internal, std::move(why));
  ctx->write(log_level::error, describe(failure) + "; the node stops");
  channels_draining = 0;
  begin_stop();
  ctx->parts->end_all();
}

std::shared_ptr<caf::response_promise>
router_state::guarded_promise(caf::response_promise x) {
  return {new caf::response_promise(std::move(x)),
          [](caf::response_promise* promise) {
            if (promise->pending() && !promise->async())
              promise->deliver(node_stopped());
            delete promise;
          }};
}

void router_state::end_if_alone() {
  auto connections_gone =
    children.count(ctx->maker.address()) == 0
    && (!acceptor || children.count(acceptor.address()) == 0);
  if (!connections_gone || channels_draining > 0)
    return;
  if (!children.empty())
    return stop_channels();
  for (auto& promise : waiting_for_stop)
    promise->deliver(caf::unit);
  ctx->write(log_level::info, "node " + ctx->self.name.str() + " has stopped");
  self->quit(failure ? failure : caf::error{caf::exit_reason::user_shutdown});
}

} // namespace cafmesh
