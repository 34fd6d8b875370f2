#pragma once

#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/system_messages.hpp>

/// Down and exit messages, and whether an actor is being torn down.
namespace cafmesh::caf_version {

/// Calls `f(caf::actor_addr, caf::error)` for each monitored actor that has
/// ended, with its exit reason. An empty error means a normal exit.
template <class Self, class F>
void on_down(Self* self, F f) {
  self->set_down_handler(
    [f](caf::down_msg& x) { f(std::as_const(x.source), std::move(x.reason)); });
}

/// Calls `f(caf::error)` for each exit message. Without a handler, an exit
/// message ends the actor at once.
template <class Self, class F>
void on_exit(Self* self, F f) {
  self->set_exit_handler([f](caf::exit_msg& x) { f(std::move(x.reason)); });
}

/// Whether the actor has quit and is being torn down.
inline bool is_shutting_down(const caf::abstract_actor& x) {
  return x.getf(caf::abstract_actor::is_shutting_down_flag);
}

/// Whether a request failed because its receiver has ended, as opposed to an
/// error that the receiver returned. This includes `sec::runtime_error`: an
/// exception in a handler, which ends the actor.
bool receiver_has_ended(const caf::error& why);

} // namespace cafmesh::caf_version
