#include <algorithm>

#include "tools/meshd/api/context.hpp"
#include "tools/meshd/api/streams.hpp"

// The resource `/v1/channels`: the channels of the node.
namespace meshd {

namespace {

constexpr std::size_t longest_name = 1024;

json channels_json(const cafmesh::mesh_status& now, const context& ctx) {
  auto all = json::array();
  for (const auto& each : now.channels) {
    json one = {{"name", each.name},
                {"joined", ctx.joined.is_joined(each.name)},
                {"surrogate", each.surrogate}};
    one.update(json_of(each));
    all.push_back(std::move(one));
  }
  return {{"channels", std::move(all)}};
}

} // namespace

void add_channels(routes& to, context& ctx) {
  using cafmesh::mesh_status;
  to.add("GET", "/v1/channels", [&ctx](const call& x) {
    ctx.mesh.get_status(x.then<mesh_status>([&ctx, x](const mesh_status& now) {
      x.json_reply(200, channels_json(now, ctx));
    }));
  });
  to.add("PUT", "/v1/channels/{channel}", [&ctx](const call& x) {
    ctx.joined.join(
      x.text_param("channel", longest_name),
      x.then<bool>([x](bool is_new) { x.reply(is_new ? 201 : 200); }));
  });
  to.add("DELETE", "/v1/channels/{channel}", [&ctx](const call& x) {
    auto name = x.text_param("channel", longest_name);
    ctx.joined.leave(name, x.then<done>([x](done) { x.reply(204); }));
    ctx.events.channel_left(name);
  });
}

} // namespace meshd
