#include "tools/meshctl/view/kv_views.hpp"

#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/units.hpp"
#include "tools/meshctl/view/next_page.hpp"

namespace meshctl {

json kv_list_document(const json& entries, const json& next) {
  auto result = document("kv_list");
  result["entries"] =
    pick_each(entries, {"key", "etag", "size_bytes", "owner"});
  result["next"] = next;
  return result;
}

std::string render_kv_list(const json& document, const screen& to) {
  table rows{to, "keys", {{"KEY"}, {"SIZE", true}, {"OWNER"}, {"ETAG"}}};
  for (const auto& x : document.at("entries"))
    rows.add({x.at("key").get<std::string>(), bytes_text(x.at("size_bytes")),
              x.at("owner").get<std::string>(),
              x.at("etag").get<std::string>()});
  return rows.str() + more_follow("keys", document, to);
}

} // namespace meshctl
