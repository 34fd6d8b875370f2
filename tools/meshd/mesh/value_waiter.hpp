#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/replicated.hpp>

namespace meshd {

/// Spawns an actor that watches a replica, answers once, and ends. It answers
/// when `is_known` returns false, at the latest after `time`. Until then, it
/// ends without an answer if it gets an exit message.
/// @param convert makes a `T` from the value; runs in the actor, as `is_known`
///        does
template <class V, class T, class Convert>
caf::actor spawn_value_waiter(const parts_ptr& parts,
                              const cafmesh::replicated_actor<V>& whom,
                              std::chrono::milliseconds time,
                              std::function<bool(const T&)> is_known,
                              answer<T> then, Convert convert) {
  auto waiter =
    parts->system.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      auto last = std::make_shared<std::optional<T>>();
      auto finish = [self, parts, then](result<T> x) {
        parts->post([then, x = std::move(x)]() mutable { then(std::move(x)); });
        self->quit();
      };
      self->delayed_send(self, time, task{[last, finish](auto*) {
                           finish(*last
                                    ? result<T>{**last}
                                    : problem_of(caf::sec::request_timeout));
                         }});
      // Otherwise a stopping node would wait for this actor.
      self->monitor(whom);
      cafmesh::caf_version::on_down(
        self, [finish](const caf::actor_addr&, const caf::error& why) {
          finish(problem_of(why));
        });
      return {
        [self](const task& x) { x.run(self); },
        [=](const cafmesh::value_changed<V>& x) {
          *last = convert(*x.value);
          if (!is_known(**last))
            finish(**last);
        },
      };
    });
  caf::anon_send(whom,
                 cafmesh::watch<V>{
                   caf::actor_cast<cafmesh::value_watcher_actor<V>>(waiter)});
  return waiter;
}

} // namespace meshd
