#include "tools/meshd/api/readiness.hpp"

// The resources `/livez` and `/readyz`: whether the node is alive, and whether
// it is ready.
namespace meshd {

void add_health(routes& to, context& ctx) {
  to.add("GET", "/livez", [&ctx](const call& x) {
    limit_health(x, "the router does not answer");
    ctx.mesh.get_node([&ctx, x](const result<cafmesh::node_description>& now) {
      if (auto why = std::get_if<problem>(&now))
        return reply_health(x, {"the router does not answer: " + why->detail});
      limit_health(x, "the threads of the network do not answer");
      ctx.mesh.when_network_answers([x] { reply_health(x, {}); });
    });
  });
  auto ready = std::make_shared<readiness>(ctx);
  to.add("GET", "/readyz",
         [ready](const call& x) { ready->answer(x, x.wait()); });
}

} // namespace meshd
