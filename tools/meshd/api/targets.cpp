#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"

// The resource `/v1/targets`: the addresses that the node dials.
namespace meshd {

void add_targets(routes& to, context& ctx) {
  using cafmesh::mesh_status;
  to.add("GET", "/v1/targets", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>(
      [x](const mesh_status& now) { x.json_reply(200, targets_json(now)); }));
  });
  to.add("POST", "/v1/targets", [&ctx](const call& x) {
    ctx.mesh.connect_to(addresses_of(x.object_body({"addresses"})), false,
                        x.then<done>([x](done) { x.reply(202); }));
  });
  to.add("DELETE", "/v1/targets/{address...}", [&ctx](const call& x) {
    ctx.mesh.forget(x.text_param("address", 1024),
                    x.then<done>([x](done) { x.reply(204); }));
  });
}

} // namespace meshd
