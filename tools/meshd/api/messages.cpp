#include "tools/meshd/api/context.hpp"

// The resource that sends messages to a channel. Receiving them is in
// streams.cpp.
namespace meshd {

namespace {

constexpr std::size_t longest_name = 1024;
constexpr std::size_t largest_message = 8 * 1024 * 1024;

} // namespace

void add_messages(routes& to, context& ctx) {
  to.add("POST", "/v1/channels/{channel}/messages", [&ctx](const call& x) {
    auto name = x.text_param("channel", longest_name);
    const auto& body = x.raw_body();
    if (body.size() > largest_message)
      throw problem{413, "too_large", "A message has at most 8 MiB."};
    auto data = cafmesh::payload::copy_of(cafmesh::byte_view{body});
    if (auto peer = x->query("to"))
      return ctx.joined.send(name, parse_peer(*peer, ctx), std::move(data),
                             x.then<done>([x](done) { x.reply(204); }));
    if (!ctx.joined.is_joined(name))
      throw not_joined(name);
    ctx.joined.broadcast(name, std::move(data));
    x.reply(202);
  });
}

} // namespace meshd
