#pragma once

#include <memory>
#include <utility>

#include "actors/caf_version/content_element.hpp"
#include "actors/caf_version/decoded_values.hpp"
#include "actors/remote/credit_account.hpp"
#include "actors/remote/pooled.hpp"

namespace cafmesh {

/// A peer's message in the mailbox of a local actor. When the actor has
/// processed it, or has ended, the peer may send as many bytes again.
class credited_message final
    : public caf_version::content_element<caf_version::decoded_values>,
      public pooled<credited_message, 2048> {
public:
  credited_message(caf::strong_actor_ptr from, caf::message_id id,
                   forwarding_stack through,
                   caf_version::decoded_values content,
                   credit_account_ptr account, caf::actor_id receiver,
                   remote::message_cost cost)
      : content_element(std::move(from), id, std::move(through),
                        std::move(content)),
        account_(std::move(account)), receiver_(receiver), cost_(cost) {
  }
  ~credited_message() override {
    account_->release(receiver_, cost_);
    account_->processed(receiver_, cost_);
  }

private:
  credit_account_ptr account_;
  caf::actor_id receiver_;
  remote::message_cost cost_;
};

} // namespace cafmesh
