#pragma once

#include <utility>

#include <caf/mailbox_element.hpp>

#include "actors/caf_version/decoded_values.hpp"

namespace cafmesh::caf_version {

/// A received message in a mailbox. CAF destroys this object when the receiver
/// has processed the message or has ended, so a derived class can notice either
/// event in its destructor.
class values_element : public caf::mailbox_element {
public:
  values_element(caf::strong_actor_ptr from, caf::message_id id,
                 forwarding_stack through, decoded_values content)
      : caf::mailbox_element(std::move(from), id, std::move(through)),
        content_(std::move(content)) {
  }

  caf::type_erased_tuple& content() final {
    return content_;
  }
  const caf::type_erased_tuple& content() const final {
    return content_;
  }
  caf::message move_content_to_message() final {
    return content_.move_to_message();
  }
  caf::message copy_content_to_message() const final {
    return content_.copy_to_message();
  }

private:
  decoded_values content_;
};

} // namespace cafmesh::caf_version
