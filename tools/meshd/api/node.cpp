#include "tools/meshd/api/context.hpp"
#include "tools/meshd/api/openapi.hpp"
#include <cafmesh/status_json.hpp>

// The resources about the node: `/v1/node`, `/v1/status` and the description of
// the API.
namespace meshd {

namespace {

/// The number of the present life, and the life before it.
void add_lives(json& to, const lives* history) {
  to["life"] = json();
  to["previous_life"] = json();
  if (!history)
    return;
  const auto& all = history->all();
  to["life"] = all.back().number;
  if (all.size() > 1)
    to["previous_life"] = json_of(all[all.size() - 2]);
}

json node_json(const context& ctx, const cafmesh::mesh_status& now) {
  const auto& self = ctx.mesh.self();
  auto noticed = json::array();
  for (const auto& each : ctx.noticed.all(std::chrono::system_clock::now()))
    noticed.push_back(json_of(each));
  json result = {{"name", self.name.str()},
                 {"nickname", self.nickname},
                 {"uid", std::to_string(value_of(self.uid))},
                 {"mesh_address", self.address},
                 {"version", MESHD_VERSION},
                 {"uptime_seconds", seconds(now.uptime)},
                 {"encryption", now.encryption},
                 {"discovery", now.discovery},
                 {"flavour", to_string(ctx.flavour)}};
  add_lives(result, ctx.history);
  result["warnings"] = std::move(noticed);
  return result;
}

} // namespace

void add_node(routes& to, context& ctx) {
  to.add("GET", "/v1/openapi.json", [](const call& x) {
    x->reply(200, "application/json", openapi_text, {});
  });
  to.add("GET", "/v1/node", [&ctx](const call& x) {
    ctx.mesh.get_status(
      x.then<cafmesh::mesh_status>([&ctx, x](const cafmesh::mesh_status& now) {
        x.json_reply(200, node_json(ctx, now));
      }));
  });
  to.add("GET", "/v1/status", [&ctx](const call& x) {
    ctx.mesh.get_status(
      x.then<cafmesh::mesh_status>([x](const cafmesh::mesh_status& now) {
        x->reply(200, "application/json", cafmesh::to_json(now) + "\n", {});
      }));
  });
}

} // namespace meshd
