#include <algorithm>

#include "tools/meshd/api/context.hpp"

// The resources `/v1/topology` and `/v1/peers`, with pings.
namespace meshd {

namespace {

constexpr std::chrono::seconds ping_limit{5};

} // namespace

cafmesh::peer_name parse_peer(const std::string& text, const context& ctx) {
  auto result = cafmesh::peer_name::parse(text, ctx.flavour);
  if (!result || result->is_unknown())
    throw problem{400, "bad_peer_name", "This is no name of a peer."};
  return *result;
}

void add_peers(routes& to, context& ctx) {
  using cafmesh::mesh_status;
  to.add("GET", "/v1/topology", [&ctx](const call& x) {
    ctx.mesh.get_topology(x.then<cafmesh::mesh_description>(
      [x](const cafmesh::mesh_description& all) {
        x.json_reply(200, json_of(all));
      }));
  });
  to.add("GET", "/v1/peers", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>([x](const mesh_status& now) {
      auto all = json::array();
      for (const auto& each : now.peers)
        all.push_back(peer_json(now, each));
      x.json_reply(200, {{"peers", std::move(all)}});
    }));
  });
  to.add("GET", "/v1/peers/{peer}", [&ctx](const call& x) {
    auto name = parse_peer(x->param("peer"), ctx);
    ctx.mesh.get_status(x.then<mesh_status>([x, name](const mesh_status& now) {
      auto found =
        std::find_if(now.peers.begin(), now.peers.end(),
                     [&](const auto& each) { return each.peer.name == name; });
      if (found == now.peers.end())
        return x.fail({404, "no_such_peer", "No such peer is known."});
      x.json_reply(200, peer_json(now, *found));
    }));
  });
  to.add("POST", "/v1/peers/{peer}/ping", [&ctx](const call& x) {
    auto name = parse_peer(x->param("peer"), ctx);
    if (name == ctx.mesh.self().name)
      throw problem{400, "own_name", "This node cannot ping itself."};
    ctx.round_trips.ping(
      name, ping_limit, x.then<pings::duration>([x](pings::duration took) {
        x.json_reply(200, {{"round_trip_seconds",
                            std::chrono::duration<double>(took).count()}});
      }));
  });
}

} // namespace meshd
