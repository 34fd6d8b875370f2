#pragma once

#include <string>
#include <vector>

#include "tools/meshd/mesh/channels.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/gossip_data.hpp>

/// The gossiper and the gossip data of channels that clients join.
namespace meshd {

/// Makes gossip data of broadcasts. Merging keeps each message as it is.
/// @param xs not empty
cafmesh::gossip_data_ptr make_broadcast(std::vector<cafmesh::payload> xs);

/// Receives the messages of a channel and hands them to the HTTP loop.
cafmesh::gossiper_actor spawn_channel_gossiper(const parts_ptr& parts,
                                               std::string name,
                                               message_reader reader);

} // namespace meshd
