#include <algorithm>

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/input.hpp"
#include "tools/meshctl/paging.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/kv_views.hpp"

// The commands `kv ...` for keys, except `kv watch`.
namespace meshctl {

namespace {

constexpr std::size_t largest_value = 1024 * 1024;

std::string path_of(const std::string& key) {
  return "/v1/kv/" + percent_encoded(key, "/");
}

// Puts an ETag in quotes unless it has them. The header needs the quotes, but
// users may leave them out.
std::string in_quotes(const std::string& etag) {
  if (etag == "*" || etag.find('"') != etag.npos)
    return etag;
  return '"' + etag + '"';
}

api::headers preconditions(const arguments& with) {
  api::headers result;
  if (auto etag = with.maybe("--if-match"))
    result.emplace_back("If-Match", in_quotes(*etag));
  if (with.has("--if-none-match"))
    result.emplace_back("If-None-Match", "*");
  for (const auto& x : result)
    if (!std::all_of(x.second.begin(), x.second.end(),
                     [](char c) { return c > ' ' && c < 0x7F; }))
      throw failure{exit_code::usage, "an ETag has no such characters"};
  return result;
}

void run_get(session& on, const arguments& with) {
  auto key = with.text("KEY");
  auto answer = on.meshd().call({"GET", path_of(key), {}, {}});
  auto& out = on.out();
  if (on.as_json()) {
    auto result = document("kv_value");
    result["key"] = key;
    result["etag"] = answer.etag;
    result["value"] = to_base64(answer.body);
    on.show(result, std::string{});
  } else if (with.has("--etag")) {
    out.write(on.shown(answer.etag) + '\n');
  } else if (out.is_terminal()) {
    out.write(on.shown(answer.body) + '\n');
  } else {
    out.write(answer.body);
  }
}

void run_put(session& on, const arguments& with) {
  auto key = with.text("KEY");
  auto value = with.maybe("VALUE");
  auto answer = on.meshd().send_bytes(
    "PUT", path_of(key), value ? *value : read_input(largest_value),
    preconditions(with));
  auto result = document("kv_put");
  result["key"] = key;
  result["etag"] = answer.etag;
  result["created"] = answer.status == 201;
  on.show(result, on.shown(answer.etag));
}

void run_delete(session& on, const arguments& with) {
  auto key = with.text("KEY");
  on.meshd().call({"DELETE", path_of(key), preconditions(with), {}});
  auto result = document("kv_delete");
  result["key"] = key;
  on.show(result, "Deleted.");
}

void run_list(session& on, const arguments& with) {
  auto all = read_pages(on.meshd(), "/v1/kv", "entries", with,
                        with.number("--limit", 100));
  on.show(kv_list_document(all.items, all.next), render_kv_list);
}

} // namespace

void add_kv(commands& to) {
  const auto replica = std::string{
    "A precondition is compared with the replica of this node: two nodes may "
    "both succeed, and the later writer wins. It is no lock."};
  const auto if_match =
    option("--if-match", "ETAG", "only if the value has this ETag; * is any");
  to.push_back({"kv get",
                "print the value of a key",
                {word("KEY", "the key"), flag("--etag", "print its ETag only")},
                run_get,
                "The value is printed byte for byte, except on a terminal, "
                "where control characters are escaped."});
  to.push_back(
    {"kv put",
     "set a value, and print its ETag",
     {word("KEY", "the key"),
      optional_text("VALUE", "the value; standard input if absent"), if_match,
      flag("--if-none-match", "only if the key has no value")},
     run_put,
     replica + " A value has at most 1 MiB."});
  to.push_back({"kv delete",
                "delete a key",
                {word("KEY", "the key"), if_match},
                run_delete,
                replica});
  to.push_back({"kv list",
                "list keys",
                {optional_text("PREFIX", "only keys that begin with this"),
                 option("--limit", "N", "at most this many keys (100)"),
                 option("--after", "KEY", "only keys behind this one")},
                run_list,
                {}});
}

} // namespace meshctl
