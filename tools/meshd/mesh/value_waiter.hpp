#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include "tools/meshd/mesh/value_watcher.hpp"
#include <cafmesh/replicated.hpp>

namespace meshd {

/// HTTP thread -> waiter: answer with the present value.
struct wait_is_over {};

} // namespace meshd

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meshd::wait_is_over)

namespace meshd {

struct value_waiter_state {
  static inline const char* name = "meshd_value_waiter";

  /// Detects that the replica has ended. Otherwise the waiter would go on
  /// waiting, and a stopping node would have to wait for it.
  std::optional<cafmesh::caf_version::scoped_monitor<caf::event_based_actor>>
    monitor;
};

/// Spawns an actor that watches a replica, answers once, and ends. It answers
/// when `is_known` returns false, or when it gets `wait_is_over`. If it gets an
/// exit message first, it ends without an answer.
/// @param convert makes a `T` from the value; runs in the actor, as `is_known`
///        does
template <class V, class T, class Convert>
caf::actor spawn_value_waiter(const parts_ptr& parts,
                              const cafmesh::replicated_actor<V>& whom,
                              std::function<bool(const T&)> is_known,
                              answer<T> then, Convert convert) {
  auto waiter = parts->system.spawn(
    [=](caf::stateful_actor<value_waiter_state>* self) -> caf::behavior {
      auto last = std::make_shared<std::optional<T>>();
      auto finish = [self, parts, then](result<T> x) {
        parts->post([then, x = std::move(x)]() mutable { then(std::move(x)); });
        self->quit();
      };
      self->state.monitor.emplace(self, whom);
      cafmesh::caf_version::on_down(
        self, [finish](const caf::actor_addr&, const caf::error& why) {
          finish(problem_of(why));
        });
      return {
        [=](const cafmesh::value_changed<V>& x) {
          *last = convert(*x.value);
          if (!is_known(**last))
            finish(**last);
        },
        [=](wait_is_over) {
          finish(*last ? result<T>{**last}
                       : problem_of(caf::sec::request_timeout));
        },
      };
    });
  send_changes(whom, waiter);
  return waiter;
}

} // namespace meshd
