#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "messages/wire/envelope.hpp"

namespace cafmesh {

/// Reads the envelopes of one connection's messages. Most messages have the
/// same size as the previous message, and the same bytes before the data. The
/// envelope of such a message is not decoded again.
class envelope_reader {
public:
  explicit envelope_reader(name_flavour flavour) noexcept : flavour_(flavour) {
  }

  /// Reads the envelope of `message`, which must begin with its tag byte.
  /// @param out receives the envelope, with views into `message`
  /// @returns false, with `out` unspecified, if the message is malformed
  bool read(byte_view message, wire::envelope& out) {
    if (!known_ || message.size() != known_->size
        || std::memcmp(message.data(), known_->head.data(), known_->head_size)
             != 0)
      return decode(message, out);
    out.channel =
      message.sub(known_->channel_at, known_->channel_size).as_text();
    out.source = known_->source;
    out.destination = known_->destination;
    out.data = message.sub(known_->head_size);
    return true;
  }
  /// Forgets the remembered envelope, which frees its memory.
  void forget() noexcept {
    known_.reset();
  }

private:
  static constexpr std::size_t most_remembered = 128;

  struct known {
    std::size_t size = 0; // of the message
    std::size_t head_size = 0;
    std::size_t channel_at = 0;
    std::size_t channel_size = 0;
    peer_name source;
    peer_name destination;
    std::array<std::uint8_t, most_remembered> head{};
  };

  bool decode(byte_view message, wire::envelope& out);
  void remember(byte_view message, const wire::envelope& x);

  // Describes the latest message with a channel name and at most
  // `most_remembered` bytes before its data. Null if there is none.
  std::unique_ptr<known> known_;
  name_flavour flavour_;
};

} // namespace cafmesh
