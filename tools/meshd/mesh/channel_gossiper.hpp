#pragma once

#include <string>
#include <vector>

#include "tools/meshd/mesh/channels.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/gossip_data.hpp>

/// The actor behind each channel that clients join, and the data of its
/// broadcasts.
namespace meshd {

/// Packs broadcasts. Merging joins the messages, and drops the oldest if all
/// messages together exceed 4 MiB. Each counts for 128 bytes more than it has.
/// @param xs not empty
cafmesh::gossip_data_ptr make_broadcast(std::vector<cafmesh::payload> xs);

/// Spawns an actor that receives the messages of a channel and passes them to
/// `reader` on the HTTP thread.
cafmesh::gossiper_actor spawn_channel_gossiper(const parts_ptr& parts,
                                               std::string name,
                                               message_reader reader);

} // namespace meshd
