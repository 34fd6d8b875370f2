#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/meshd/mesh/channels.hpp"
#include "tools/meshd/mesh/ended_connections.hpp"
#include "tools/meshd/mesh/kv_store.hpp"
#include "tools/meshd/mesh/lives.hpp"
#include "tools/meshd/mesh/mesh_events.hpp"
#include "tools/meshd/mesh/warnings.hpp"
#include <cafmesh/membership.hpp>
#include <cafmesh/published_names.hpp>
#include <cafmesh/status.hpp>

/// Converts what the node reports to JSON. UIDs are decimal text, because
/// JavaScript cannot represent integers of 64 bits exactly.
namespace meshd {

using json = nlohmann::ordered_json;

/// JSON as one line of text. Bytes that are not UTF-8 are replaced.
std::string text_of(const json& x);

double seconds(std::chrono::milliseconds x);

json json_of(const cafmesh::mesh_description& x);
json json_of(const cafmesh::peer_summary& x);
/// The connections, and the remotes that were refused.
json connections_json(const cafmesh::mesh_status& x);
json targets_json(const cafmesh::mesh_status& x);
json routes_json(const cafmesh::mesh_status& x);
json json_of(const cafmesh::channel_status& x);
/// The record of a peer, and the next hop on the way to it.
json peer_json(const cafmesh::mesh_status& x, const cafmesh::peer_record& peer);
json json_of(const cafmesh::published_name& x);
json json_of(const warning& x);
json json_of(const ended_connection& x);
/// @param with_value whether to add the value, as base64
json json_of(const kv_entry& x, bool with_value);

struct event_text {
  std::string type;
  std::string data;
};
event_text render(const mesh_event& x);

std::string base64(std::string_view bytes);

} // namespace meshd
