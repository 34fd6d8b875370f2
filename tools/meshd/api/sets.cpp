#include "tools/meshd/api/context.hpp"

// The resource `/v1/sets`.
namespace meshd {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_element = 4096;

std::string readable_set(const call& x, const context& ctx) {
  auto name = x.text_param("set", longest_name);
  if (!ctx.all_sets.holds(name) && !x->may_write())
    throw problem{404, "no_such_set",
                  "This node has no replica of the set, and the token does not "
                  "allow making one.",
                  "Ask once with a token that allows writing."};
  return name;
}

auto reply_done(const call& x) {
  return x.then<done>([x](done) { x.reply(204); });
}

} // namespace

void add_sets(routes& to, context& ctx) {
  const std::string element = "/v1/sets/{set}/{element...}";
  to.add("GET", "/v1/sets/{set}", [&ctx](const call& x) {
    auto name = readable_set(x, ctx);
    ctx.all_sets.page(
      name, x.query_or("after", ""), x.limit(),
      x.then<set_page>([x](const set_page& page) {
        x.json_reply(200, {{"elements", page.elements},
                           {"next", page.next ? json(*page.next) : json()}});
      }));
  });
  to.add("GET", element, [&ctx](const call& x) {
    auto name = readable_set(x, ctx);
    ctx.all_sets.contains(
      name, x.text_param("element", longest_element),
      x.then<bool>([x](bool is_there) {
        if (is_there)
          return x.reply(204);
        x.fail(
          {404, "no_such_element", "The set does not have the element.", {}});
      }));
  });
  to.add("PUT", element, [&ctx](const call& x) {
    ctx.all_sets.add(x.text_param("set", longest_name),
                     x.text_param("element", longest_element),
                     is_durable(ctx, x), reply_done(x));
  });
  to.add("DELETE", element, [&ctx](const call& x) {
    ctx.all_sets.remove(x.text_param("set", longest_name),
                        x.text_param("element", longest_element),
                        is_durable(ctx, x), reply_done(x));
  });
}

} // namespace meshd
