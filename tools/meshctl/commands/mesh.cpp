#include <optional>

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/mesh_views.hpp"

// The commands about the mesh: `peers`, `connections`, `targets`, `connect` and
// `forget`.
namespace meshctl {

namespace {

void run_peers(session& on, const arguments&) {
  on.show(peers_document(on.meshd().get("/v1/peers")), render_peers);
}

void run_connections(session& on, const arguments&) {
  on.show(connections_document(on.meshd().get("/v1/connections")),
          render_connections);
}

void run_targets(session& on, const arguments&) {
  on.show(targets_document(on.meshd().get("/v1/targets")), render_targets);
}

void run_connect(session& on, const arguments& with) {
  auto addresses = with.all("ADDRESSES");
  on.meshd().post("/v1/targets", {{"addresses", addresses}});
  auto result = document("connect");
  result["addresses"] = addresses;
  on.show(result, "The node dials " + std::to_string(addresses.size())
                    + (addresses.size() == 1 ? " address" : " addresses")
                    + "; meshctl targets shows the outcome.");
}

void run_forget(session& on, const arguments& with) {
  auto addresses = with.all("ADDRESSES");
  std::optional<api_failure> unknown;
  for (const auto& x : addresses)
    try {
      on.meshd().call(
        {"DELETE", "/v1/targets/" + percent_encoded(x, ":"), {}, {}});
    } catch (const api_failure& why) {
      if (why.problem_code() != "no_such_target")
        throw;
      if (!unknown)
        unknown = why;
    }
  // Reports an unknown address only after the others have been forgotten.
  if (unknown)
    throw *unknown;
  auto result = document("forget");
  result["addresses"] = addresses;
  on.show(result, "Forgotten. Live connections stay.");
}

} // namespace

void add_mesh(commands& to) {
  to.push_back({"peers",
                "all peers that the node knows",
                {},
                run_peers,
                "NEXT HOP is the neighbour that leads to the peer."});
  to.push_back(
    {"connections",
     "the connections of the node",
     {},
     run_connections,
     "IN and OUT are bytes since the connection began. WAITING is "
     "what the peer has not taken yet. SILENT is the time since it "
     "last sent something. Below are those that ended last, and why."});
  to.push_back(
    {"targets", "the addresses that the node dials", {}, run_targets, {}});
  to.push_back({"connect",
                "keep connections to addresses",
                {words("ADDRESSES", "HOST:PORT of other nodes")},
                run_connect,
                "The node forgets them when it restarts or reads its "
                "configuration again."});
  to.push_back({"forget",
                "stop keeping connections to addresses",
                {words("ADDRESSES", "HOST:PORT, as in meshctl targets")},
                run_forget,
                {}});
}

} // namespace meshctl
