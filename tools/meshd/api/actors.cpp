#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"

// The resource `/v1/actors`: the actors that peers publish, and requests to
// them.
namespace meshd {

namespace {

using values = std::vector<basic_value>;

void list_actors(context& ctx, const call& x) {
  auto prefix = x.query_or("prefix", "");
  auto limit = x.limit();
  auto all = json::array();
  const auto& names = ctx.actors.all();
  for (auto i = names.lower_bound({prefix, {}}); i != names.end(); ++i) {
    if (all.size() == limit || i->first.first.rfind(prefix, 0) != 0)
      break;
    all.push_back(json_of(i->second));
  }
  x.json_reply(200, {{"actors", std::move(all)}});
}

} // namespace

void add_actors(routes& to, context& ctx) {
  to.add("GET", "/v1/actors", [&ctx](const call& x) { list_actors(ctx, x); });
  to.add("POST", "/v1/actors/{actor}", [&ctx](const call& x) {
    auto name = x.text_param("actor", 255);
    auto body = x.object_body({"message", "timeout_seconds"});
    ctx.actors.request(name, message_of(body), time_limit_of(body),
                       x.then<values>([x](const values& xs) {
                         auto answer = json::array();
                         for (const auto& each : xs)
                           std::visit(
                             [&](const auto& v) { answer.push_back(v); }, each);
                         x.json_reply(200, {{"answer", std::move(answer)}});
                       }));
  });
}

} // namespace meshd
