#include <cafmesh/status_json.hpp>

#include <algorithm>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "actors/core/mesh/peer_label.hpp"
#include <cafmesh/actor_address.hpp>

namespace cafmesh {

namespace {

using nlohmann::ordered_json;

using nicknames = std::unordered_map<peer_name, std::string>;

double seconds(std::chrono::milliseconds x) {
  return static_cast<double>(x.count()) / 1000;
}

// Appends spaces up to `width`, as the Go library does in the `Info` texts of
// its status.
std::string padded(std::string text, std::size_t width) {
  if (text.size() < width)
    text.append(width - text.size(), ' ');
  return text;
}

ordered_json peers_of(const mesh_status& x, const nicknames& nicks) {
  auto result = ordered_json::array();
  for (const auto& record : x.peers) {
    auto connections = ordered_json::array();
    for (const auto& c : record.connections) {
      auto nick = nicks.find(c.remote);
      connections.push_back(
        {{"Name", c.remote.str()},
         {"NickName", nick == nicks.end() ? std::string{} : nick->second},
         {"Address", c.remote_address},
         {"Outbound", c.outbound},
         {"Established", c.established}});
    }
    const auto& peer = record.peer;
    result.push_back(
      {{"Name", peer.name.str()},
       {"NickName", peer.nickname},
       {"UID", value_of(peer.uid)},
       {"ShortID", peer.alias ? value_of(*peer.alias) : std::uint16_t{0}},
       {"Version", peer.version},
       {"Connections", std::move(connections)}});
  }
  return result;
}

ordered_json routes_of(const mesh_status& x, ordered_json& broadcasts) {
  auto unicasts = ordered_json::array();
  for (const auto& route : x.unicast_routes)
    unicasts.push_back(
      {{"Dest", route.destination.str()}, {"Via", route.via.str()}});
  for (const auto& route : x.broadcast_routes) {
    auto via = ordered_json::array();
    for (auto name : route.via)
      via.push_back(name.str());
    broadcasts.push_back(
      {{"Source", route.source.str()}, {"Via", std::move(via)}});
  }
  return unicasts;
}

ordered_json figures_of(const connection_status& c) {
  return {{"ProtocolVersion", c.protocol_version},
          {"FramesIn", c.traffic.frames_in},
          {"BytesIn", c.traffic.bytes_in},
          {"FramesOut", c.traffic.frames_out},
          {"BytesOut", c.traffic.bytes_out},
          {"WaitingBytes", c.waiting_bytes},
          {"WaitingWriters", c.waiting_writers},
          {"UnansweredBatches", c.unanswered_batches},
          {"SilentFor", seconds(c.silent_for)}};
}

std::string info_of(const connection_status& c) {
  auto name = c.attributes.find("name");
  if (c.remote.is_unknown())
    return "not introduced yet";
  auto result = padded(name == c.attributes.end() ? "none" : name->second, 6)
                + " " + peer_label(c.remote, c.nickname);
  if (!c.encrypted)
    return result;
  return padded(c.untrusted ? "encrypted" : "unencrypted", 11) + " " + result;
}

void add_target(ordered_json& out, const target_status& x) {
  auto add = [&](const char* state, const std::string& info) {
    out.push_back({{"Address", x.address},
                   {"Outbound", true},
                   {"State", state},
                   {"Info", info},
                   {"Attrs", nullptr}});
  };
  auto retry = x.next_try ? "in " + std::to_string(seconds(*x.next_try)) + " s"
                          : std::string{"never"};
  if (x.state == "waiting" && x.last_error.empty())
    add("waiting", "until: " + retry);
  else if (x.state == "waiting" || x.state == "given_up")
    add("failed", x.last_error + ", retry: " + retry);
  else if (x.state == "attempting")
    add(x.last_error.empty() ? "connecting" : "retrying", x.last_error);
}

ordered_json connections_of(const mesh_status& x) {
  auto result = ordered_json::array();
  for (const auto& c : x.connections) {
    ordered_json attributes = nullptr;
    if (!c.attributes.empty()) {
      attributes = ordered_json(c.attributes);
      if (c.encrypted && c.untrusted)
        attributes["encrypted"] = true;
    }
    result.push_back({{"Address", c.address},
                      {"Outbound", c.outbound},
                      {"State", c.established ? "established" : "pending"},
                      {"Info", info_of(c)},
                      {"Attrs", std::move(attributes)},
                      {"Figures", figures_of(c)}});
  }
  auto has_connection = [&x](const target_status& target) {
    return std::any_of(x.connections.begin(), x.connections.end(),
                       [&](const connection_status& c) {
                         return c.outbound && c.remote.is_unknown()
                                && c.address == target.address;
                       });
  };
  for (const auto& target : x.dialling.targets)
    if (!has_connection(target))
      add_target(result, target);
  return result;
}

ordered_json targets_of(const mesh_status& x) {
  auto result = ordered_json::array();
  for (const auto& target : x.dialling.targets)
    result.push_back(
      {{"Address", target.address},
       {"State", target.state},
       {"Wanted", target.wanted},
       {"NextTry", target.next_try ? ordered_json(seconds(*target.next_try))
                                   : ordered_json(nullptr)},
       {"LastError", target.last_error}});
  return result;
}

// The overlay's JSON is parsed here, because invalid JSON would make the whole
// status unreadable. Invalid JSON becomes a string.
ordered_json diagnostics_of(const mesh_status& x) {
  auto parsed = ordered_json::parse(x.overlay_diagnostics, nullptr, false);
  return parsed.is_discarded() ? ordered_json(x.overlay_diagnostics) : parsed;
}

ordered_json channels_of(const mesh_status& x) {
  auto result = ordered_json::array();
  for (const auto& c : x.channels)
    result.push_back({{"Name", c.name},
                      {"Surrogate", c.surrogate},
                      {"UnicastsReceived", c.unicasts_received},
                      {"UnicastsSent", c.unicasts_sent},
                      {"UnicastsRelayed", c.unicasts_relayed},
                      {"UnicastsDropped", c.unicasts_dropped},
                      {"BroadcastsReceived", c.broadcasts_received},
                      {"GossipsReceived", c.gossips_received},
                      {"Refused", c.refused},
                      {"Overrun", c.overrun},
                      {"Looped", c.looped},
                      {"Broken", c.broken},
                      {"Surplus", c.surplus}});
  return result;
}

ordered_json actors_of(const peer_actors& x) {
  auto published = ordered_json::array();
  for (const auto& each : x.published)
    published.push_back(
      {{"Name", each.name},
       {"Address", to_string(actor_address{x.peer, x.uid, each.actor})}});
  auto spawned = ordered_json::array();
  for (const auto& each : x.spawned_actors)
    spawned.push_back({{"Type", each.type}, {"ID", each.actor}});
  return {{"Peer", x.peer.str()},
          {"UID", value_of(x.uid)},
          {"InSession", x.in_session},
          {"Names", x.names},
          {"Published", std::move(published)},
          {"Proxies", x.proxies},
          {"WatchedThere", x.watched_there},
          {"Leased", x.leased},
          {"WatchedHere", x.watched_here},
          {"WatchedHereIDs", x.watched_here_ids},
          {"Spawned", x.spawned},
          {"BeingSpawned", x.being_spawned},
          {"SpawnedActors", std::move(spawned)},
          {"OpenRequests", x.open_requests},
          {"UnprocessedThere", x.unprocessed_there},
          {"UnprocessedHere", x.unprocessed_here},
          {"DeadLetters", x.dead_letters}};
}

ordered_json actors_of(const mesh_status& x) {
  if (!x.actors)
    return nullptr;
  auto peers = ordered_json::array();
  for (const auto& each : x.actors->peers)
    peers.push_back(actors_of(each));
  return {{"Exported", x.actors->exported},
          {"MaxSpawned", x.actors->max_spawned},
          {"OverdueSpawns", x.actors->overdue_spawns},
          {"DeadLetters", x.actors->dead_letters},
          {"Peers", std::move(peers)},
          {"UnlistedPeers", x.actors->unlisted_peers}};
}

} // namespace

std::string to_json(const mesh_status& x, int indent) {
  nicknames nicks;
  for (const auto& record : x.peers)
    nicks.emplace(record.peer.name, record.peer.nickname);
  auto broadcasts = ordered_json::array();
  auto unicasts = routes_of(x, broadcasts);
  ordered_json result = {
    {"Protocol", "weave"},
    {"ProtocolMinVersion", x.min_protocol_version},
    {"ProtocolMaxVersion", x.max_protocol_version},
    {"Encryption", x.encryption},
    {"PeerDiscovery", x.discovery},
    {"Name", x.name.str()},
    {"NickName", x.nickname},
    {"Port", x.port},
    {"Peers", peers_of(x, nicks)},
    {"UnicastRoutes", std::move(unicasts)},
    {"BroadcastRoutes", std::move(broadcasts)},
    {"Connections", connections_of(x)},
    {"TerminationCount", x.dialling.ended_connections},
    {"Targets", x.dialling.wanted},
    {"OverlayDiagnostics", diagnostics_of(x)},
    {"TrustedSubnets", x.trusted_subnets},
    {"Uptime", seconds(x.uptime)},
    {"DialTargets", targets_of(x)},
    {"Channels", channels_of(x)},
    {"Actors", actors_of(x)},
  };
  // Replaces invalid UTF-8, because nicknames come from peers and may be any
  // bytes.
  return result.dump(indent, ' ', false,
                     ordered_json::error_handler_t::replace);
}

} // namespace cafmesh
