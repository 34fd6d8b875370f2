#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "messages/internal/traffic.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// The bytes before the data of the message that was sent last. Most messages
/// of a connection begin with the same bytes as the previous message, so these
/// bytes can be copied.
class latest_head {
public:
  /// The bytes before the data of `x`, valid until the next call.
  /// @pre `x` is not relayed
  byte_view of(const std::string& channel, const outgoing& x) {
    if (!known_ || !known_->is_of(channel, x))
      make(channel, x);
    return known_->head;
  }
  /// Frees memory. The next message allocates it again.
  void forget() noexcept {
    known_.reset();
  }

private:
  struct known {
    bool is_of(const std::string& other, const outgoing& x) const noexcept {
      return data_size == x.data.size() && tag == x.tag
             && destination == x.destination && source == x.source
             && channel == other;
    }

    std::string channel;
    wire::message_tag tag;
    peer_name source;
    peer_name destination;
    std::size_t data_size;
    bytes head;
  };

  void make(const std::string& channel, const outgoing& x);

  std::unique_ptr<known> known_;
};

} // namespace cafmesh
