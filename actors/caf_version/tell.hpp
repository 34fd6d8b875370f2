#pragma once

#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

namespace cafmesh::caf_version {

/// Sends a message without a sender, so that the receiver sends no answer, not
/// even an error. With `caf::anon_send`, the receiver could not run on the
/// thread of `self`. CAF's `self->anon_send` would name `self` as the sender.
template <class Self, class Handle, class T>
void tell(Self* self, const Handle& to, T&& x) {
  caf::actor_cast<caf::abstract_actor*>(to)->enqueue(
    caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                              std::forward<T>(x)),
    self->context());
}

} // namespace cafmesh::caf_version
