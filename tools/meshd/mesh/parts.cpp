#include "tools/meshd/mesh/parts.hpp"

// Sends requests on behalf of the HTTP thread.
namespace meshd {

caf::actor spawn_agent(caf::actor_system& system) {
  return system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const task& x) {
      x.run(self);
    }};
  });
}

void after(const parts_ptr& parts, std::chrono::milliseconds time,
           std::function<void()> f) {
  caf::anon_send(parts->agent,
                 task{[parts, time, f = std::move(f)](auto* self) {
                   self->delayed_send(self, time, task{[parts, f](auto*) {
                                        parts->post(f);
                                      }});
                 }});
}

} // namespace meshd
