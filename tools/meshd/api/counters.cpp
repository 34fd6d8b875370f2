#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"

// The resource `/v1/counters`.
namespace meshd {

namespace {

std::string etag_of(std::int64_t value) {
  return "\"" + std::to_string(value) + "\"";
}

auto reply_value(const call& x) {
  return x.then<std::int64_t>([x](std::int64_t value) {
    x.json_reply(200, {{"value", value}}, {{"ETag", etag_of(value)}});
  });
}

void get_counter(context& ctx, const call& x, const std::string& name) {
  auto header = x->header("if-none-match").value_or("");
  if (header.empty())
    return ctx.counts.get(name, reply_value(x));
  auto is_known = [header](std::int64_t value) {
    return names_etag(header, etag_of(value));
  };
  auto end =
    ctx.counts.await(name, is_known, x.wait(),
                     x.then<std::int64_t>([x, is_known](std::int64_t value) {
                       if (is_known(value))
                         x.reply(304, {{"ETag", etag_of(value)}});
                       else
                         reply_value(x)(value);
                     }));
  x->on_gone(std::move(end));
}

} // namespace

void add_counters(routes& to, context& ctx) {
  to.add("GET", "/v1/counters",
         [&ctx](const call& x) { reply_names(x, ctx.counts, "counters"); });
  to.add("GET", "/v1/counters/{counter}", [&ctx](const call& x) {
    get_counter(ctx, x, readable_name(x, ctx.counts, "counter"));
  });
  to.add("POST", "/v1/counters/{counter}", [&ctx](const call& x) {
    auto name = x.text_param("counter", longest_value_name);
    ctx.counts.add(name, number_to_add(x.object_body({"add"})),
                   is_durable(ctx, x), reply_value(x));
  });
}

} // namespace meshd
