#include <algorithm>

#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/context.hpp"
#include "tools/meshd/api/kv_waiters.hpp"

// The resource `/v1/kv`: keys and values.
namespace meshd {

namespace {

constexpr char bytes_type[] = "application/octet-stream";

kv_condition condition_of(const call& x) {
  kv_condition result;
  if (auto header = x->header("if-none-match")) {
    if (*header != "*")
      throw problem{400, "bad_header", "If-None-Match must be * in a PUT.",
                    "Use If-Match with an ETag."};
    result.must_be_absent = true;
  }
  if (auto header = x->header("if-match")) {
    result.etags = etags_of(*header);
    if (result.etags.empty())
      throw problem{400, "bad_header", "If-Match has no ETag.",
                    "Send an ETag in quotes, or *."};
    if (result.etags == std::vector<std::string>{"*"}) {
      result.etags.clear();
      result.must_exist = true;
    }
  }
  return result;
}

/// Whether the client's `If-None-Match` names the ETag of the current entry.
/// Also true if the key has no entry.
bool matches(const std::string& header, const std::optional<kv_entry>& entry) {
  auto tags = etags_of(header);
  if (!entry)
    return true;
  return std::find(tags.begin(), tags.end(), entry->etag) != tags.end();
}

void reply_entry(const call& x, const std::optional<kv_entry>& entry) {
  if (!entry)
    return x.fail(no_such_key(x.text_param("key", longest_key)));
  x->reply(200, bytes_type, std::string{entry->value.view().as_text()},
           {{"ETag", entry->etag}});
}

void reply_not_modified(const call& x, const std::optional<kv_entry>& entry) {
  if (!entry)
    return reply_entry(x, entry);
  x.reply(304, {{"ETag", entry->etag}});
}

using std::chrono::steady_clock;

void get_key(context& ctx, const call& x, const std::string& key,
             const std::string& known, steady_clock::time_point deadline) {
  auto entry = ctx.kv.get(key);
  if (known.empty() || !matches(known, entry))
    return reply_entry(x, entry);
  auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
    deadline - steady_clock::now());
  // If the client has named the ETag of a value, the deletion of the key counts
  // as a change and ends the wait.
  auto knew_a_value = known != "*";
  if (rest.count() <= 0 || (!entry && knew_a_value))
    return reply_not_modified(x, entry);
  auto number =
    ctx.waiters.add(key, rest, [&ctx, x, key, known, deadline](bool changed) {
      get_key(ctx, x, key, known,
              changed ? deadline : steady_clock::time_point{});
    });
  x->on_gone([&ctx, key, number] { ctx.waiters.end(key, number); });
}

void list_keys(context& ctx, const call& x) {
  check_loaded(ctx);
  auto with_values = x.query_flag("values");
  auto page = ctx.kv.page(x.query_or("prefix", ""), x.query_or("after", ""),
                          x.limit(), with_values);
  auto entries = json::array();
  for (const auto& each : page.entries)
    entries.push_back(json_of(each, with_values));
  x.json_reply(200, {{"entries", std::move(entries)},
                     {"next", page.next ? json(*page.next) : json()}});
}

void put_key(context& ctx, const call& x) {
  auto durable = is_durable(ctx, x);
  auto key = x.text_param("key", longest_key);
  auto condition = condition_of(x);
  auto value = cafmesh::payload::copy_of(cafmesh::byte_view{x.raw_body()});
  ctx.kv.put(std::move(key), std::move(value), std::move(condition), durable,
             x.then<kv_written>([x](const kv_written& written) {
               x.reply(written.was_there ? 204 : 201, {{"ETag", written.etag}});
             }));
}

} // namespace

bool is_durable(const context& ctx, const call& x) {
  auto result = x.query_flag("durable");
  if (result && !ctx.kv.is_stored())
    throw problem{409, "not_stored", "This node keeps nothing on disk."};
  return result;
}

void check_loaded(const context& ctx) {
  if (!ctx.kv.is_loaded())
    throw problem{503, "starting", "The stored keys are still being read."};
}

void add_kv(routes& to, context& ctx) {
  const std::string path = "/v1/kv/{key...}";
  to.add("GET", "/v1/kv", [&ctx](const call& x) { list_keys(ctx, x); });
  to.add("GET", path, [&ctx](const call& x) {
    check_loaded(ctx);
    get_key(ctx, x, x.text_param("key", longest_key),
            x->header("if-none-match").value_or(""),
            steady_clock::now() + x.wait());
  });
  to.add("PUT", path, [&ctx](const call& x) { put_key(ctx, x); });
  to.add("DELETE", path, [&ctx](const call& x) {
    ctx.kv.erase(x.text_param("key", longest_key), condition_of(x),
                 is_durable(ctx, x),
                 x.then<kv_written>([x](const kv_written&) { x.reply(204); }));
  });
}

} // namespace meshd
