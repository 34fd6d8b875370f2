#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

namespace cafmesh {

/// The bytes of messages in an actor's mailbox.
using waiting_bytes = std::shared_ptr<std::atomic<std::size_t>>;

/// A message that counts as waiting until its receiver has processed it, or has
/// ended.
class counted_message final : public caf::mailbox_element {
public:
  counted_message(caf::message content, waiting_bytes waiting, std::size_t size)
      : caf::mailbox_element(nullptr, caf::make_message_id(), {}),
        content_(std::move(content)), waiting_(std::move(waiting)),
        size_(size) {
    *waiting_ += size_;
  }
  ~counted_message() override {
    *waiting_ -= size_;
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
  waiting_bytes waiting_;
  std::size_t size_;
};

} // namespace cafmesh
