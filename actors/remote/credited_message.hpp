#pragma once

#include <memory>
#include <utility>

#include "actors/caf_version/content_element.hpp"
#include "actors/caf_version/decoded_values.hpp"
#include "actors/remote/pooled.hpp"
#include "actors/remote/receiver_credit.hpp"

namespace cafmesh {

/// A peer's message in the mailbox of a local actor. When the actor has
/// processed it, or has ended, the peer may send as many bytes again.
class credited_message final
    : public caf_version::content_element<caf_version::decoded_values>,
      public pooled<credited_message, 2048> {
public:
  credited_message(caf::strong_actor_ptr from, caf::message_id id,
                   forwarding_stack through,
                   caf_version::decoded_values&& content,
                   receiver_credit_ptr credit, remote::message_cost cost)
      : content_element(std::move(from), id, std::move(through),
                        std::move(content)),
        credit_(std::move(credit)), cost_(cost) {
  }
  ~credited_message() override {
    credit_->processed(cost_);
  }

private:
  receiver_credit_ptr credit_;
  remote::message_cost cost_;
};

} // namespace cafmesh
