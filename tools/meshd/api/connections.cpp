#include "tools/meshd/api/context.hpp"

// The resources `/v1/connections` and `/v1/routes`.
namespace meshd {

void add_connections(routes& to, context& ctx) {
  using cafmesh::mesh_status;
  to.add("GET", "/v1/connections", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>([&ctx, x](const mesh_status& now) {
      auto ended = json::array();
      for (const auto& each : ctx.ended.all())
        ended.push_back(json_of(each));
      auto all = connections_json(now);
      all["ended"] = std::move(ended);
      x.json_reply(200, all);
    }));
  });
  to.add("GET", "/v1/routes", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>(
      [x](const mesh_status& now) { x.json_reply(200, routes_json(now)); }));
  });
}

} // namespace meshd
