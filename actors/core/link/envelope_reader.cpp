#include "actors/core/link/envelope_reader.hpp"

namespace cafmesh {

bool envelope_reader::decode(byte_view message, wire::envelope& out) {
  const auto tag = static_cast<wire::message_tag>(message[0]);
  if (!wire::read_envelope(tag, message.sub(1), flavour_, out))
    return false;
  if (message.size() - out.data.size() <= most_remembered
      && !out.channel.empty())
    remember(message, out);
  return true;
}

void envelope_reader::remember(byte_view message, const wire::envelope& x) {
  if (!known_)
    known_ = std::make_unique<known>();
  known_->size = message.size();
  known_->head_size = message.size() - x.data.size();
  known_->channel_at =
    static_cast<std::size_t>(byte_view{x.channel}.data() - message.data());
  known_->channel_size = x.channel.size();
  known_->source = x.source;
  known_->destination = x.destination;
  std::memcpy(known_->head.data(), message.data(), known_->head_size);
}

} // namespace cafmesh
