#pragma once

#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>

#include "actors/caf_version/local_unit.hpp"

namespace cafmesh::caf_version {

/// A handle that sends to an actor without keeping it alive. If the sending
/// thread has a local_unit, the actor runs on that thread.
template <class Handle>
class weak_owner {
public:
  void set(const Handle& x) {
    address_ = x.address();
  }
  template <class T>
  void tell(T&& x) const {
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(address_))
      ptr->enqueue(nullptr, caf::make_message_id(),
                   caf::make_message(std::forward<T>(x)),
                   local_unit::of_this_thread());
  }

private:
  caf::actor_addr address_;
};

} // namespace cafmesh::caf_version
