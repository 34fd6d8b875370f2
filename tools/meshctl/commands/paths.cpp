#include "tools/meshctl/view/paths.hpp"

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/peer_lookup.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"

// The commands that show paths through the mesh: `ping` and `reachability`.
namespace meshctl {

namespace {

void run_reachability(session& on, const arguments&) {
  auto peers = on.meshd().get("/v1/peers");
  auto topology = on.meshd().get("/v1/topology");
  on.show(reachability_document(peers.at("peers"), topology),
          render_reachability);
}

// The time of a round trip to a peer in seconds; null if this meshd does not
// implement ping.
json round_trip(session& on, const std::string& peer) {
  try {
    auto answer = on.meshd().post(
      "/v1/peers/" + percent_encoded(peer, ":") + "/ping", json::object());
    return pick(parse_answer(answer.body), {"round_trip_seconds"})
      .at("round_trip_seconds");
  } catch (const api_failure& x) {
    if (x.status() != 404 && x.status() != 405)
      throw;
    return nullptr;
  }
}

void run_ping(session& on, const arguments& with) {
  auto peers = on.meshd().get("/v1/peers");
  auto peer = find_peer(peers.at("peers"), with.text("PEER"));
  auto topology = on.meshd().get("/v1/topology");
  auto is_reachable = peer.value("reachable", false);
  auto time =
    is_reachable ? round_trip(on, text_or_empty(peer, "name")) : json{};
  on.show(ping_document(peer, topology, time), render_ping);
  if (!is_reachable)
    throw failure{exit_code::failed, "there is no route to the peer",
                  "meshctl doctor looks for reasons."};
}

} // namespace

void add_paths(commands& to) {
  to.push_back({"ping",
                "the way to a peer, and the time to it and back",
                {word("PEER", "its name or nickname")},
                run_ping,
                "The way is the one that the node's view of the mesh implies; "
                "each peer on it chooses the next hop itself. The time is "
                "left out if meshd cannot measure it."});
  to.push_back({"reachability",
                "which peers can be reached, and how",
                {},
                run_reachability,
                {}});
}

} // namespace meshctl
