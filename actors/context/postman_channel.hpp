#pragma once

#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include <cafmesh/gossiping.hpp>
#include <cafmesh/handles.hpp>

/// What the postman's channel, `cafmesh/actors`, can do that other channels
/// cannot.
namespace cafmesh {

/// postman -> gossip_channel: send these unicasts, without an answer. The limit
/// on the bytes that wait for a neighbour does not apply to them, because the
/// postman limits them by the credit of the receiving peer.
struct posted_unicasts {
  std::vector<unicast> messages;
};

using channel_of_postman =
  gossip_channel_actor::extend<caf::reacts_to<posted_unicasts>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::posted_unicasts)
