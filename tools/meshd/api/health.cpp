#include <algorithm>
#include <memory>

#include "tools/meshd/api/context.hpp"

// The resources `/livez` and `/readyz`: whether the node lives, and whether it
// is ready.
namespace meshd {

namespace {

using std::chrono::steady_clock;
using gone_flag = std::shared_ptr<bool>; // whether the client has gone

// The maximum number of clients that wait until the node is ready. It is low,
// because they need no token.
constexpr int most_waiting = 64;
int waiting = 0;

constexpr std::chrono::milliseconds check_interval{100};

void reply_health(const call& x, const std::vector<std::string>& reasons) {
  x.json_reply(reasons.empty() ? 200 : 503,
               {{"ok", reasons.empty()}, {"reasons", reasons}});
}

std::vector<std::string> why_not_ready(const context& ctx,
                                       const cafmesh::mesh_status& now) {
  std::vector<std::string> result;
  if (ctx.is_stopping)
    result.emplace_back("the node is stopping");
  auto has_neighbour =
    std::any_of(now.connections.begin(), now.connections.end(),
                [](const auto& each) { return each.established; });
  if (!now.dialling.wanted.empty() && !has_neighbour)
    result.emplace_back("no peer is connected; GET /v1/targets says why");
  return result;
}

void check_ready(context& ctx, const call& x, const gone_flag& gone,
                 steady_clock::time_point deadline) {
  ctx.mesh.get_status(
    [&ctx, x, gone, deadline](const result<cafmesh::mesh_status>& now) {
      if (auto why = std::get_if<problem>(&now))
        return reply_health(x, {why->detail});
      auto reasons = why_not_ready(ctx, std::get<cafmesh::mesh_status>(now));
      if (reasons.empty() || *gone || ctx.is_stopping
          || steady_clock::now() + check_interval > deadline)
        return reply_health(x, reasons);
      ctx.mesh.after(check_interval, [&ctx, x, gone, deadline] {
        check_ready(ctx, x, gone, deadline);
      });
    });
}

} // namespace

void add_health(routes& to, context& ctx) {
  to.add("GET", "/livez", [&ctx](const call& x) {
    ctx.mesh.get_node([x](const result<cafmesh::node_description>& answer) {
      if (auto why = std::get_if<problem>(&answer))
        reply_health(x, {"the router does not answer: " + why->detail});
      else
        reply_health(x, {});
    });
  });
  to.add("GET", "/readyz", [&ctx](const call& x) {
    auto wait = x.wait();
    // Its deleter runs when the wait is over, and counts one waiting client
    // less.
    gone_flag gone{new bool{false}, [](bool* p) {
                     --waiting;
                     delete p;
                   }};
    if (++waiting > most_waiting)
      wait = {};
    x->on_gone([gone] { *gone = true; });
    check_ready(ctx, x, gone, steady_clock::now() + wait);
  });
}

} // namespace meshd
