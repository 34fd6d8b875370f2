#pragma once

#include <utility>

#include "actors/caf_version/content_element.hpp"
#include "actors/remote/unprocessed_costs.hpp"

namespace cafmesh {

/// A peer's exit message in the mailbox of a local actor. Exits ignore windows,
/// because an exit may end a stuck actor. To limit memory, at most one exit
/// from each peer may wait in an actor's mailbox.
class waiting_exit final : public caf_version::content_element<caf::message> {
public:
  /// @returns false if another exit from the peer waits for this actor
  static bool may_wait(unprocessed_cost& from, caf::actor_id receiver) {
    return from.exits.add(receiver);
  }
  /// @pre `may_wait(*from, receiver)` has returned true
  waiting_exit(caf::message content, unprocessed_cost_ptr from,
               caf::actor_id receiver)
      : content_element(nullptr,
                        caf::make_message_id(caf::message_priority::high), {},
                        std::move(content)),
        from_(std::move(from)), receiver_(receiver) {
  }
  ~waiting_exit() override {
    from_->exits.remove(receiver_);
  }

private:
  unprocessed_cost_ptr from_;
  caf::actor_id receiver_;
};

} // namespace cafmesh
