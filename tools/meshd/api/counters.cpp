#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"

// The resource `/v1/counters`.
namespace meshd {

namespace {

auto reply_value(const call& x) {
  return x.then<std::int64_t>([x](std::int64_t value) {
    x.json_reply(200, {{"value", value}});
  });
}

} // namespace

void add_counters(routes& to, context& ctx) {
  to.add("GET", "/v1/counters/{counter}", [&ctx](const call& x) {
    auto name = x.text_param("counter", 255);
    if (!ctx.counts.holds(name) && !x->may_write())
      throw problem{404, "no_such_counter",
                    "This node has no replica of the counter, and the token "
                    "does not allow making one.",
                    "Ask once with a token that allows writing."};
    ctx.counts.get(name, reply_value(x));
  });
  to.add("POST", "/v1/counters/{counter}", [&ctx](const call& x) {
    auto name = x.text_param("counter", 255);
    ctx.counts.add(name, number_to_add(x.object_body({"add"})),
                   is_durable(ctx, x), reply_value(x));
  });
}

} // namespace meshd
