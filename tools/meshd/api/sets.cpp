#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"
#include <cafmesh/detail/fingerprint.hpp>

// The resource `/v1/sets`.
namespace meshd {

namespace {

json json_of(const text_page& x) {
  return {{"elements", x.texts}, {"next", x.next ? json(*x.next) : json()}};
}

/// The ETag of a page. It changes only if the page changes.
std::string etag_of(const json& page) {
  auto text = page.dump();
  auto digest = cafmesh::fingerprint_of(cafmesh::byte_view{text});
  return "\"" + std::to_string(digest.high()) + "\"";
}

void get_page(context& ctx, const call& x, const std::string& name) {
  auto header = x->header("if-none-match").value_or("");
  auto after = x.query_or("after", "");
  auto is_known = [header](const text_page& page) {
    return names_etag(header, etag_of(json_of(page)));
  };
  auto reply = x.then<text_page>([x, header](const text_page& page) {
    auto content = json_of(page);
    auto etag = etag_of(content);
    if (names_etag(header, etag))
      x.reply(304, {{"ETag", etag}});
    else
      x.json_reply(200, content, {{"ETag", etag}});
  });
  if (header.empty())
    return ctx.all_sets.page(name, after, x.limit(), reply);
  x->on_gone(
    ctx.all_sets.await_page(name, after, x.limit(), is_known, x.wait(), reply));
}

auto reply_done(const call& x) {
  return x.then<done>([x](done) { x.reply(204); });
}

} // namespace

void add_sets(routes& to, context& ctx) {
  const std::string element = "/v1/sets/{set}/{element...}";
  to.add("GET", "/v1/sets",
         [&ctx](const call& x) { reply_names(x, ctx.all_sets, "sets"); });
  to.add("GET", "/v1/sets/{set}", [&ctx](const call& x) {
    get_page(ctx, x, readable_name(x, ctx.all_sets, "set"));
  });
  to.add("GET", element, [&ctx](const call& x) {
    auto name = readable_name(x, ctx.all_sets, "set");
    ctx.all_sets.contains(
      name, x.text_param("element", longest_key),
      x.then<bool>([x](bool is_there) {
        if (is_there)
          return x.reply(204);
        x.fail({404, "no_such_element", "The set does not have the element.",
                "GET /v1/sets/" + x->param("set") + " lists its elements."});
      }));
  });
  to.add("PUT", element, [&ctx](const call& x) {
    ctx.all_sets.add(x.text_param("set", longest_value_name),
                     x.text_param("element", longest_key), is_durable(ctx, x),
                     reply_done(x));
  });
  to.add("DELETE", element, [&ctx](const call& x) {
    ctx.all_sets.remove(x.text_param("set", longest_value_name),
                        x.text_param("element", longest_key),
                        is_durable(ctx, x), reply_done(x));
  });
}

} // namespace meshd
