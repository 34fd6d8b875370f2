#include <map>

#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"

// The resource `/v1/actors`: the actors that peers publish, and requests to
// them.
namespace meshd {

namespace {

using values = std::vector<basic_value>;

using actor_map = std::map<published_actors::key, cafmesh::published_name>;

/// The first actor that sorts after `after`. `after` is NAME@PEER, or a name,
/// which stands for all actors of that name.
actor_map::const_iterator behind(const std::string& after, const actor_map& all,
                                 cafmesh::name_flavour flavour) {
  auto at = after.rfind('@');
  if (at != after.npos)
    if (auto peer = cafmesh::peer_name::parse(after.substr(at + 1), flavour))
      return all.upper_bound({after.substr(0, at), *peer});
  return all.lower_bound({after + '\0', {}});
}

void list_actors(context& ctx, const call& x) {
  auto prefix = x.query_or("prefix", ""), after = x.query_or("after", "");
  auto limit = x.limit();
  const auto& names = ctx.actors.all();
  auto i = names.lower_bound({prefix, {}});
  if (auto next = behind(after, names, ctx.flavour);
      next == names.end() || (i != names.end() && i->first < next->first))
    i = next;
  auto all = json::array();
  std::string last;
  std::size_t bytes = 0;
  for (; i != names.end() && i->first.first.rfind(prefix, 0) == 0; ++i) {
    const auto& [name, peer] = i->first;
    if (!is_listed(name))
      continue;
    if (all.size() == limit || bytes >= longest_page)
      return x.json_reply(200, {{"actors", std::move(all)}, {"next", last}});
    all.push_back(json_of(i->second));
    bytes += text_of(all.back()).size();
    last = name + "@" + peer.str();
  }
  x.json_reply(200, {{"actors", std::move(all)}, {"next", json()}});
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
