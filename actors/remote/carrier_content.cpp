#include <algorithm>

#include <caf/actor_registry.hpp>

#include "actors/remote/carrier.hpp"

// Encodes and decodes the contents of messages.
namespace cafmesh {

namespace {

// The bytes of `max_message` that are left free for the header that the caller
// of `encode_message` puts before the content.
constexpr std::size_t room_around = 1024;
// The maximum size, in bytes, of a message that must fit into one unicast.
constexpr std::size_t most_in_unicast = 8 * 1024 * 1024;

} // namespace

caf::error carrier::encode_message(const caf::message& x, bytes& out) {
  auto most = std::min(config_.max_message, most_in_unicast);
  return append_content(x, most - std::min(most, room_around), out);
}

caf::error carrier::decode_message(byte_view from, caf::message& out) {
  return caf_version::decode_content(system_, from, handles_, out);
}

caf::error carrier::append_content(const caf::type_erased_tuple& x,
                                   std::size_t max_size, bytes& out) {
  const auto begin = out.size();
  std::vector<caf::actor_id> local;
  const auto encode = [&] {
    local.clear();
    return caf_version::encode_content(system_, x, max_size, out, local,
                                       encoder_);
  };
  auto why = encode();
  if (!export_all(local, !why) && !why) {
    // Another thread has just forgotten such an actor and removed it from the
    // registry. Encoding puts it there again, unless it has ended.
    out.resize(begin);
    why = encode();
    export_all(local, !why);
  }
  // Nothing is sent, and the postman's upkeep makes the registry forget them.
  if (why && !local.empty())
    postman_->tell(outbox_filled{});
  return why;
}

// @returns false if the registry lacks one of the actors
bool carrier::export_all(const std::vector<caf::actor_id>& xs, bool are_sent) {
  auto result = true;
  for (auto id : xs) {
    auto x = system_.registry().get(id);
    if (!x)
      result = false;
    else if (are_sent)
      exported_->add(x);
    else
      exported_->add_closed(x);
  }
  return result;
}

} // namespace cafmesh
