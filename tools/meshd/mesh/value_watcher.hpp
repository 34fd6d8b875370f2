#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/replicated.hpp>

namespace meshd {

/// Gets a change, and a function to call once the next change may follow.
template <class V>
using change_taker = std::function<void(const cafmesh::value_changed<V>&,
                                        std::function<void()> go_on)>;

struct value_watcher_state {
  static inline const char* name = "meshd_value_watcher";

  std::optional<cafmesh::caf_version::scoped_monitor<caf::event_based_actor>>
    monitor;
};

/// Spawns an actor that passes first the whole value of a replica and then its
/// changes to `changed`. It also runs tasks.
template <class V>
caf::actor spawn_value_watcher(const parts_ptr& parts,
                               change_taker<V> changed) {
  using watcher = caf::stateful_actor<value_watcher_state>;
  return parts->system.spawn([changed = std::move(changed)](
                               watcher* self) -> caf::behavior {
    return {
      [self](const task& x) { x.run(self); },
      [self, changed](const cafmesh::value_changed<V>& x) -> caf::result<void> {
        auto promise = self->make_response_promise();
        changed(x, [self = caf::actor{self}, promise] {
          caf::anon_send(self, task{[promise](auto*) mutable {
                           promise.deliver(caf::unit);
                         }});
        });
        return caf::result<void>{caf::delegated<void>{}};
      },
    };
  });
}

/// Makes a watcher end when its replica ends. Otherwise a stopping node would
/// have to wait for the watcher.
/// @param watcher from `spawn_value_watcher`
/// @param on_end called in the watcher when the replica has ended
template <class V>
void end_with(const caf::actor& watcher,
              const cafmesh::replicated_actor<V>& whom,
              std::function<void(const caf::error&)> on_end) {
  using stateful = caf::stateful_actor<value_watcher_state>;
  caf::anon_send(
    watcher,
    task{[whom, on_end = std::move(on_end)](caf::event_based_actor* self) {
      static_cast<stateful*>(self)->state.monitor.emplace(self, whom);
      cafmesh::caf_version::on_down(
        self, [self, on_end](const caf::actor_addr&, const caf::error& why) {
          on_end(why);
          self->quit();
        });
    }});
}

template <class V>
void send_changes(const cafmesh::replicated_actor<V>& of,
                  const caf::actor& to) {
  caf::anon_send(of, cafmesh::watch<V>{
                       caf::actor_cast<cafmesh::value_watcher_actor<V>>(to)});
}

/// Ends a watcher in the destructor.
class watch_end {
public:
  explicit watch_end(caf::actor watcher) : watcher_(std::move(watcher)) {
  }
  ~watch_end() {
    caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  }
  watch_end(const watch_end&) = delete;
  watch_end& operator=(const watch_end&) = delete;

private:
  caf::actor watcher_;
};

} // namespace meshd
