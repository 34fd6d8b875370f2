#include "tools/meshd/api/context.hpp"
#include "tools/meshd/api/openapi.hpp"
#include <cafmesh/status_json.hpp>

// The resources about the node: `/v1/node`, `/v1/status` and the description of
// the API.
namespace meshd {

void add_node(routes& to, context& ctx) {
  to.add("GET", "/v1/openapi.json", [](const call& x) {
    x->reply(200, "application/json", openapi_text, {});
  });
  to.add("GET", "/v1/node", [&ctx](const call& x) {
    ctx.mesh.get_status(
      x.then<cafmesh::mesh_status>([&ctx, x](const cafmesh::mesh_status& now) {
        const auto& self = ctx.mesh.self();
        auto noticed = json::array();
        for (const auto& each :
             ctx.noticed.all(std::chrono::system_clock::now()))
          noticed.push_back(json_of(each));
        x.json_reply(200, {{"name", self.name.str()},
                           {"nickname", self.nickname},
                           {"uid", std::to_string(value_of(self.uid))},
                           {"mesh_address", self.address},
                           {"version", MESHD_VERSION},
                           {"uptime_seconds", seconds(now.uptime)},
                           {"encryption", now.encryption},
                           {"discovery", now.discovery},
                           {"flavour", to_string(ctx.flavour)},
                           {"warnings", std::move(noticed)}});
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
