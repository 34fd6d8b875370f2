#include "tools/meshd/mesh/mesh_events.hpp"

#include <utility>

#include "tools/meshd/mesh/parts.hpp"

namespace meshd {

struct mesh_events::state {
  parts_ptr parts;
  caf::actor subscriber;
};

namespace {

using sink = std::function<void(const mesh_event&)>;

template <class T>
auto pass_on(const poster& post, const sink& to) {
  return [post, to](T& x) {
    post([to, event = mesh_event{std::move(x)}] { to(event); });
  };
}

caf::behavior subscriber_behavior(caf::event_based_actor* self,
                                  const poster& post, const sink& to) {
  using namespace cafmesh;
  return {
    [](const mesh_description&) {},
    [](short_ids_changed) {},
    pass_on<peer_joined>(post, to),
    pass_on<peer_left>(post, to),
    pass_on<peer_restarted>(post, to),
    pass_on<connection_added>(post, to),
    pass_on<connection_established>(post, to),
    pass_on<connection_removed>(post, to),
    pass_on<routes_changed>(post, to),
    pass_on<gossiper_ended>(post, to),
    [self](const task& x) { x.run(self); },
  };
}

} // namespace

mesh_events::mesh_events(parts_ptr parts, sink on_event)
    : state_(std::make_unique<state>()) {
  state_->subscriber =
    parts->system.spawn(subscriber_behavior, parts->post, std::move(on_event));
  caf::anon_send(
    parts->router,
    cafmesh::subscribe{
      caf::actor_cast<cafmesh::event_subscriber_actor>(state_->subscriber)});
  state_->parts = std::move(parts);
}

mesh_events::~mesh_events() {
  caf::anon_send_exit(state_->subscriber, caf::exit_reason::user_shutdown);
}

// The subscriber itself asks the router, so that it gets the answer and the
// events from the same actor, in order.
void mesh_events::snapshot(answer<cafmesh::mesh_description> then) {
  caf::anon_send(
    state_->subscriber, task{[parts = state_->parts, then = std::move(then)](
                               caf::event_based_actor* self) {
      auto deliver = [=](result<cafmesh::mesh_description> x) {
        parts->post([then, x = std::move(x)] { then(x); });
      };
      self->request(parts->router, answer_time, cafmesh::get_topology{})
        .then([=](cafmesh::mesh_description& x) { deliver(std::move(x)); },
              [=](caf::error& why) { deliver(problem_of(why)); });
    }});
}

} // namespace meshd
