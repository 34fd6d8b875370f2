#pragma once

#include <utility>

#include <caf/actor_control_block.hpp>
#include <caf/behavior.hpp>
#include <caf/detail/behavior_impl.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/message_view.hpp>

/// Functions for actors that receive and pass on messages of any type.
namespace cafmesh::caf_version {

template <class F>
class any_message_handler : public caf::detail::behavior_impl {
public:
  explicit any_message_handler(F f) : f_(std::move(f)) {
  }

  using behavior_impl::invoke;
  caf::match_case::result invoke(caf::detail::invoke_result_visitor& visitor,
                                 caf::type_erased_tuple& xs) override {
    f_(caf::message::copy(xs));
    visitor(caf::unit);
    return caf::match_case::match;
  }

private:
  F f_;
};

/// Sends a request, and calls `f(message)` when the response comes. The
/// response may be an error.
template <class F>
void request_any(caf::event_based_actor* self, const caf::strong_actor_ptr& to,
                 caf::message what, F f) {
  auto id = self->new_request_id(caf::message_priority::normal);
  caf::intrusive_ptr<caf::detail::behavior_impl> handler{
    caf::make_counted<any_message_handler<F>>(std::move(f))};
  self->add_multiplexed_response_handler(id.response_id(),
                                         caf::behavior{std::move(handler)});
  to->enqueue(self->ctrl(), id, std::move(what), self->context());
}

/// Sends `what` to `to`, but keeps the sender and the ID of the message that
/// `self` is handling. Any answer then goes to that sender, not to `self`.
inline void forward_any(caf::event_based_actor* self,
                        const caf::strong_actor_ptr& to, caf::message what) {
  auto* current = self->current_mailbox_element();
  to->enqueue(current->sender, current->mid, std::move(what), self->context());
}

/// Whether the message that `self` is handling expects an answer.
inline bool is_request(caf::event_based_actor* self) {
  return self->current_mailbox_element()->mid.is_request();
}

/// Calls `f(message)` for each message that has no handler. If the message is a
/// request, `f` must make a response promise and answer through it.
template <class F>
void on_any_message(caf::event_based_actor* self, F f) {
  self->set_default_handler(
    [f](caf::scheduled_actor*,
        caf::message_view& x) -> caf::result<caf::message> {
      f(x.move_content_to_message());
      return caf::delegated<caf::message>{};
    });
}

} // namespace cafmesh::caf_version
