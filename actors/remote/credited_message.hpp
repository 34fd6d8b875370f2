#pragma once

#include <memory>
#include <utility>

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include "actors/remote/credit_account.hpp"

namespace cafmesh {

/// A peer's message in the mailbox of a local actor. When the actor has
/// processed it, or has ended, the peer gets its credit back.
class credited_message final : public caf::mailbox_element {
public:
  credited_message(caf::strong_actor_ptr from, caf::message_id id,
                   forwarding_stack through, caf::message content,
                   credit_account_ptr account, caf::actor_id receiver,
                   std::size_t cost)
      : caf::mailbox_element(std::move(from), id, std::move(through)),
        content_(std::move(content)), account_(std::move(account)),
        receiver_(receiver), cost_(cost) {
  }
  ~credited_message() override {
    account_->processed(receiver_, cost_);
  }

  caf::type_erased_tuple& content() override {
    return content_;
  }
  const caf::type_erased_tuple& content() const override {
    return content_;
  }
  caf::message move_content_to_message() override {
    return std::move(content_);
  }
  caf::message copy_content_to_message() const override {
    return content_;
  }

private:
  caf::message content_;
  credit_account_ptr account_;
  caf::actor_id receiver_;
  std::size_t cost_;
};

} // namespace cafmesh
