#include "tools/meshd/api/context.hpp"

// The resources `/v1/connections` and `/v1/routes`.
namespace meshd {

void add_connections(routes& to, context& ctx) {
  using cafmesh::mesh_status;
  to.add("GET", "/v1/connections", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>([x](const mesh_status& now) {
      x.json_reply(200, connections_json(now));
    }));
  });
  to.add("GET", "/v1/routes", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>(
      [x](const mesh_status& now) { x.json_reply(200, routes_json(now)); }));
  });
}

} // namespace meshd
