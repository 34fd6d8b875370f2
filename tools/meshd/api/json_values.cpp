#include "tools/meshd/api/json_values.hpp"

#include <algorithm>
#include <utility>

#include "tools/meshd/mesh/dates.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

namespace {

using cafmesh::value_of;

json uid_json(cafmesh::peer_uid x) {
  return std::to_string(value_of(x));
}

json link_json(const cafmesh::connection_summary& x) {
  return {{"peer", x.remote.str()},
          {"outbound", x.outbound},
          {"established", x.established},
          {"address", x.remote_address}};
}

json connection_json(const cafmesh::connection_status& x) {
  return {{"id", value_of(x.id)},
          {"peer", x.remote.is_unknown() ? json() : json(x.remote.str())},
          {"nickname", x.nickname},
          {"address", x.address},
          {"outbound", x.outbound},
          {"established", x.established},
          {"encrypted", x.encrypted},
          {"protocol_version", x.protocol_version},
          {"traffic",
           {{"frames_in", x.traffic.frames_in},
            {"bytes_in", x.traffic.bytes_in},
            {"frames_out", x.traffic.frames_out},
            {"bytes_out", x.traffic.bytes_out}}},
          {"waiting_bytes", x.waiting_bytes},
          {"silent_seconds", seconds(x.silent_for)}};
}

/// @pre no route over established connections leads to the peer
std::string why_unreachable(const cafmesh::mesh_status& x,
                            cafmesh::peer_name peer) {
  for (const auto& each : x.connections)
    if (each.remote == peer)
      return "The connection to it is not established yet.";
  return "No path of established connections leads to it; its own, or those of "
         "peers on the way, are not established or have ended.";
}

struct event_renderer {
  event_text operator()(const cafmesh::peer_joined& x) const {
    return {"peer_joined", text_of({{"peer", json_of(x.peer)}})};
  }
  event_text operator()(const cafmesh::peer_left& x) const {
    return {"peer_left", text_of({{"peer", json_of(x.peer)}})};
  }
  event_text operator()(const cafmesh::peer_restarted& x) const {
    return {"peer_restarted", text_of({{"peer", x.name.str()},
                                       {"old_uid", uid_json(x.old_uid)},
                                       {"uid", uid_json(x.new_uid)}})};
  }
  event_text operator()(const cafmesh::connection_added& x) const {
    auto data = json{{"id", value_of(x.id)}};
    data.update(link_json(x.connection));
    return {"connection_added", text_of(data)};
  }
  event_text operator()(const cafmesh::connection_established& x) const {
    return {"connection_established",
            text_of({{"id", value_of(x.id)}, {"peer", x.remote.str()}})};
  }
  event_text operator()(const cafmesh::connection_removed& x) const {
    return {"connection_removed",
            text_of({{"id", value_of(x.id)},
                     {"peer", x.remote.str()},
                     {"reason", cafmesh::describe(x.reason)}})};
  }
  event_text operator()(const cafmesh::routes_changed&) const {
    return {"routes_changed", "{}"};
  }
  event_text operator()(const cafmesh::gossiper_ended& x) const {
    return {"gossiper_ended",
            text_of({{"channel", x.channel},
                     {"reason", cafmesh::describe(x.reason)}})};
  }
};

} // namespace

std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

double seconds(std::chrono::milliseconds x) {
  return static_cast<double>(x.count()) / 1000;
}

json json_of(const cafmesh::peer_summary& x) {
  return {{"name", x.name.str()},
          {"nickname", x.nickname},
          {"uid", uid_json(x.uid)},
          {"version", x.version}};
}

json json_of(const cafmesh::mesh_description& x) {
  auto peers = json::array();
  for (const auto& record : x.peers) {
    auto peer = json_of(record.peer);
    peer["self"] = record.peer.name == x.self;
    auto connections = json::array();
    for (const auto& each : record.connections)
      connections.push_back(link_json(each));
    peer["connections"] = std::move(connections);
    peers.push_back(std::move(peer));
  }
  return {{"self", x.self.str()}, {"peers", std::move(peers)}};
}

json connections_json(const cafmesh::mesh_status& x) {
  auto all = json::array();
  for (const auto& each : x.connections)
    all.push_back(connection_json(each));
  auto refused = json::array();
  auto now = std::chrono::system_clock::now();
  for (const auto& each : x.inbound.latest)
    refused.push_back({{"address", each.address},
                       {"reason", each.reason},
                       {"times", each.times},
                       {"refused_at", date_of(now - each.ago)}});
  return {{"connections", std::move(all)}, {"refused", std::move(refused)}};
}

json targets_json(const cafmesh::mesh_status& x) {
  auto all = json::array();
  for (const auto& each : x.dialling.targets) {
    // Once an address is connected, its earlier errors no longer matter.
    auto has_error = !each.last_error.empty() && each.state != "connected";
    all.push_back({{"address", each.address},
                   {"state", each.state},
                   {"wanted", each.wanted},
                   {"next_try_seconds",
                    each.next_try ? json(seconds(*each.next_try)) : json()},
                   {"last_error", has_error ? json(each.last_error) : json()}});
  }
  return {{"targets", std::move(all)}};
}

json routes_json(const cafmesh::mesh_status& x) {
  auto unicast = json::array();
  for (const auto& each : x.unicast_routes)
    unicast.push_back(
      {{"destination", each.destination.str()},
       {"via", each.via.is_unknown() ? json() : json(each.via.str())}});
  auto broadcast = json::array();
  for (const auto& each : x.broadcast_routes) {
    auto via = json::array();
    for (auto name : each.via)
      via.push_back(name.str());
    broadcast.push_back(
      {{"source", each.source.str()}, {"via", std::move(via)}});
  }
  return {{"unicast", std::move(unicast)}, {"broadcast", std::move(broadcast)}};
}

json json_of(const cafmesh::channel_status& x) {
  return {{"unicasts_received", x.unicasts_received},
          {"unicasts_sent", x.unicasts_sent},
          {"unicasts_relayed", x.unicasts_relayed},
          {"unicasts_dropped", x.unicasts_dropped},
          {"broadcasts_received", x.broadcasts_received},
          {"gossips_received", x.gossips_received},
          {"refused", x.refused},
          {"overrun", x.overrun},
          {"looped", x.looped},
          {"broken", x.broken},
          {"surplus", x.surplus}};
}

json peer_json(const cafmesh::mesh_status& x,
               const cafmesh::peer_record& record) {
  auto result = json_of(record.peer);
  auto is_self = record.peer.name == x.name;
  result["self"] = is_self;
  auto route = std::find_if(x.unicast_routes.begin(), x.unicast_routes.end(),
                            [&](const cafmesh::unicast_route& each) {
                              return each.destination == record.peer.name;
                            });
  auto is_known = route != x.unicast_routes.end();
  result["hops_next"] =
    is_known && !route->via.is_unknown() ? json(route->via.str()) : json();
  result["reachable"] = is_known || is_self;
  result["reason"] =
    is_known || is_self ? json() : json(why_unreachable(x, record.peer.name));
  return result;
}

json json_of(const cafmesh::published_name& x) {
  return {{"name", x.name},
          {"peer", x.peer.str()},
          {"uid", uid_json(x.uid)},
          {"interface", x.interface},
          {"attributes", x.attributes}};
}

json json_of(const warning& x) {
  json result = {{"code", x.code},
                 {"detail", x.detail},
                 {"first", date_of(x.first)},
                 {"last", date_of(x.last)},
                 {"times", x.times}};
  if (!x.hint.empty())
    result["hint"] = x.hint;
  return result;
}

json json_of(const ended_connection& x) {
  return {{"peer", x.what.remote.str()},
          {"address", x.what.remote_address},
          {"outbound", x.what.outbound},
          {"reason", x.reason},
          {"ended_at", date_of(x.at)}};
}

json json_of(const kv_entry& x, bool with_value) {
  json result = {{"key", x.key},
                 {"etag", x.etag},
                 {"size_bytes", x.value.size()},
                 {"owner", x.owner}};
  if (with_value)
    result["value"] = base64(x.value.view().as_text());
  return result;
}

event_text render(const mesh_event& x) {
  return std::visit(event_renderer{}, x);
}

std::string base64(std::string_view bytes) {
  constexpr char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8
              | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k])
                                      : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      result += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
  }
  return result;
}

} // namespace meshd
