#include "tools/meshd/api/context.hpp"

// The resource `/v1/targets`: the addresses that the node dials.
namespace meshd {

namespace {

std::vector<std::string> addresses_of(const json& body) {
  constexpr std::size_t most = 1000;
  auto field = body.find("addresses");
  if (field == body.end() || !field->is_array() || field->empty()
      || field->size() > most)
    throw bad_body("addresses must be a list of 1 to 1000 texts.");
  std::vector<std::string> result;
  for (const auto& each : *field) {
    if (!each.is_string())
      throw bad_body("addresses must be a list of texts.");
    result.push_back(each.get<std::string>());
  }
  return result;
}

} // namespace

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
