#include <utility>

#include "actors/core/gossip/relayed_data.hpp"
#include "actors/core/remote/closing_message.hpp"
#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// Reports of closed connections. When a process is killed, the reports tell all
// peers without delay, even peers that were not its neighbours. The topology
// interprets the reports.
namespace cafmesh {

namespace {

constexpr std::chrono::seconds longest_wait{1};

} // namespace

void postman_state::report_closings_of(const router_actor& router) {
  self
    ->request(
      caf::actor_cast<closing_router_actor>(router), caf::infinite,
      report_closings_through{closing_reporter_actor{postman_actor{self}}})
    .then([this](closing_listener_actor& x) { topology = std::move(x); },
          [](const caf::error&) { /* the node stops */ });
}

void postman_state::report(const closing& x) {
  closings->add(x, now());
  schedule(closings->due_at());
}

void postman_state::send_closings() {
  if (auto all = closings->take_due(now()); !all.empty() && channel)
    self->send(channel, broadcast{relayed_data::of(payload{
                          remote::closing_message(++closing_messages, all)})});
  schedule(closings->due_at());
}

caf::result<gossip_data_ptr>
postman_state::broadcast_came(const broadcast_arrived& x) {
  // Passes on messages in a later format, which other peers may understand.
  if (!x.data.view().empty() && x.data.view()[0] != remote::closing_format)
    return relayed_data::of(x.data);
  auto all = remote::read_closing_message(x.data.view(), our_name.flavour());
  if (!all)
    return make_error(errc::malformed, "a report of closed connections");
  // Excess reports of a peer are ignored and not passed on.
  if (!closing_quotas.take(x.source, now()))
    return gossip_data_ptr{};
  if (!topology)
    return relayed_data::of(x.data);
  // The answer waits for the topology, so that the channel slows down
  // neighbours that send more than the topology can handle. The wait is short,
  // because a channel replaces a gossiper that leaves a message unanswered.
  auto answer = self->make_response_promise<gossip_data_ptr>();
  auto deliver = [answer, on = relayed_data::of(x.data)]() mutable {
    answer.deliver(on);
  };
  self
    ->request(topology, longest_wait,
              closings_reported{x.source, std::move(*all)})
    .then(deliver, [deliver](const caf::error&) mutable { deliver(); });
  return answer;
}

} // namespace cafmesh
