#pragma once

#include <type_traits>
#include <utility>

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

namespace cafmesh::caf_version {

/// A message in a mailbox. CAF destroys this object when the receiver has
/// processed the message or has ended, so a derived class can notice either
/// event in its destructor. `Content` is caf::message or decoded_values.
template <class Content>
class content_element : public caf::mailbox_element {
public:
  content_element(caf::strong_actor_ptr from, caf::message_id id,
                  forwarding_stack through, Content&& content)
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
    if constexpr (std::is_same_v<Content, caf::message>)
      return std::move(content_);
    else
      return content_.move_to_message();
  }
  caf::message copy_content_to_message() const final {
    if constexpr (std::is_same_v<Content, caf::message>)
      return content_;
    else
      return content_.copy_to_message();
  }

private:
  Content content_;
};

} // namespace cafmesh::caf_version
