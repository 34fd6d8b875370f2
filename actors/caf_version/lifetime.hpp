#pragma once

#include <cstddef>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/system_messages.hpp>

/// Handlers for down and exit messages, and functions that tell why an actor
/// ended or a request failed.
namespace cafmesh::caf_version {

/// Calls `f(caf::actor_addr, caf::error)` when a monitored actor has ended,
/// with the actor and its exit reason. An empty error means a normal exit.
template <class Self, class F>
void on_down(Self* self, F f) {
  self->set_down_handler(
    [f](caf::down_msg& x) { f(std::as_const(x.source), std::move(x.reason)); });
}

/// Calls `f(caf::error)` with the reason of each exit message, instead of
/// ending the actor. Exit messages with the reason `exit_reason::kill` still
/// end it immediately.
template <class Self, class F>
void on_exit(Self* self, F f) {
  self->set_exit_handler([f](caf::exit_msg& x) { f(std::move(x.reason)); });
}

/// Like `on_exit`, but only for exit messages from `master`. An exit message
/// from anyone else ends the actor immediately.
template <class Self, class Master, class F>
void on_exit_from(const Master& master, Self* self, F f) {
  self->set_exit_handler(
    [self, address = caf::actor_addr{master.address()}, f](caf::exit_msg& x) {
      if (x.source == address)
        f(std::move(x.reason));
      else
        self->quit(std::move(x.reason));
    });
}

/// Monitors an actor until this object is destroyed. Keep this object in the
/// state of `self`, because a monitor that outlives `self` would keep the
/// memory of `self` until the monitored actor ends.
template <class Self>
class scoped_monitor {
public:
  template <class Handle>
  scoped_monitor(Self* self, const Handle& whom)
      : self_(self), whom_(caf::actor_cast<caf::actor_addr>(whom)) {
    self_->monitor(whom);
  }
  scoped_monitor(const scoped_monitor&) = delete;
  scoped_monitor& operator=(const scoped_monitor&) = delete;
  ~scoped_monitor() {
    self_->demonitor(whom_);
  }

private:
  Self* self_;
  caf::actor_addr whom_;
};

/// Sends an exit message without a sender, unless the actor has ended.
void tell_to_end(const caf::actor_addr& x, caf::error reason);

/// Calls `f(caf::error)` when the actor ends for any reason, or immediately if
/// it has already ended. The call may come from any thread, after the actor's
/// state has been destroyed.
template <class Handle, class F>
void on_end(const Handle& x, F f) {
  caf::actor_cast<caf::abstract_actor*>(x)->attach_functor(std::move(f));
}

/// The number of strong references to an actor, except those that CAF itself
/// holds. Includes the references in messages from or to the actor. Call this
/// only while the actor handles a delayed message to itself. At other
/// times, the number of CAF's own references varies.
std::size_t owners_during_timeout(const caf::abstract_actor& x);

/// Whether an actor with this exit reason was killed or threw an exception.
bool is_accident(const caf::error& exit_reason);

/// Whether the actor has quit and is being torn down.
inline bool is_shutting_down(const caf::abstract_actor& x) {
  return x.getf(caf::abstract_actor::is_shutting_down_flag);
}

/// Whether the mailbox of `self` is empty, apart from the message that `self`
/// is handling.
template <class Self>
bool has_empty_mailbox(Self* self) {
  return self->mailbox().empty();
}

/// Whether a request failed because its receiver has ended, and not because the
/// receiver returned an error. `sec::runtime_error` is included: CAF sends it
/// if a handler throws, which ends the receiver.
bool receiver_has_ended(const caf::error& why);

} // namespace cafmesh::caf_version
