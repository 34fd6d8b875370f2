#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "actors/caf_version/content_element.hpp"

/// Messages whose bytes are counted while they wait in a mailbox.
namespace cafmesh {

/// The number of bytes in messages that wait in an actor's mailbox.
using waiting_bytes = std::shared_ptr<std::atomic<std::size_t>>;

/// A message that counts as waiting until its receiver has processed it or has
/// ended.
class counted_message final
    : public caf_version::content_element<caf::message> {
public:
  counted_message(caf::message content, waiting_bytes waiting, std::size_t size)
      : content_element(nullptr, caf::make_message_id(), {},
                        std::move(content)),
        waiting_(std::move(waiting)), size_(size) {
    *waiting_ += size_;
  }
  ~counted_message() override {
    *waiting_ -= size_;
  }

private:
  waiting_bytes waiting_;
  std::size_t size_;
};

} // namespace cafmesh
