#pragma once

#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include <cafmesh/gossiping.hpp>
#include <cafmesh/handles.hpp>

/// What the channel of the postman, `cafmesh/actors`, can do beyond other
/// channels.
namespace cafmesh {

/// postman -> gossip_channel: send these unicasts, without an answer. They are
/// not dropped because too much waits for the neighbour: the postman limits
/// what it sends by the credit of the receiving peer.
struct posted_unicasts {
  std::vector<unicast> messages;
};

using channel_of_postman =
  gossip_channel_actor::extend<caf::reacts_to<posted_unicasts>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::posted_unicasts)
