#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "messages/internal/traffic.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// Makes the heads of messages to send. A head is all bytes of a message before
/// its data. Most messages of a connection have the same head as the previous
/// message, so the latest head is remembered and used again.
class latest_head {
public:
  /// Returns the head of `x`. Valid until the next call of `of` or `forget`.
  /// @pre `x` is not relayed
  byte_view of(const std::string& channel, const outgoing& x) {
    if (!known_ || !known_->is_of(channel, x))
      make(channel, x);
    return known_->head;
  }
  /// Forgets the latest head, which frees its memory.
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
