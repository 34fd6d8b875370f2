#pragma once

#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

namespace cafmesh::caf_version {

/// Sends a message without a sender, so that nothing is answered, not even an
/// error. Unlike `caf::anon_send`, the receiver may run on the thread of
/// `self`; and CAF's `self->anon_send` names `self` as the sender.
template <class Self, class Handle, class T>
void tell(Self* self, const Handle& to, T&& x) {
  caf::actor_cast<caf::abstract_actor*>(to)->enqueue(
    caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                              std::forward<T>(x)),
    self->context());
}

} // namespace cafmesh::caf_version
