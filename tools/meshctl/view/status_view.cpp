#include "tools/meshctl/view/status_view.hpp"

#include <algorithm>

#include "tools/meshctl/text/units.hpp"

namespace meshctl {

namespace {

template <class F>
auto count_if(const json& list, F f) {
  return std::count_if(list.begin(), list.end(), f);
}

auto is_true(const char* field) {
  return [field](const json& x) {
    return x.value(field, false);
  };
}

json connection_counts(const json& all) {
  auto established = count_if(all, is_true("established"));
  auto clear = count_if(all, [](const json& x) {
    return x.value("established", false) && !x.value("encrypted", false);
  });
  return {{"established", established},
          {"pending", static_cast<std::ptrdiff_t>(all.size()) - established},
          {"unencrypted", clear}};
}

json target_counts(const json& all) {
  auto failing = count_if(
    all, [](const json& x) { return !text_or_empty(x, "last_error").empty(); });
  return {{"wanted", count_if(all, is_true("wanted"))},
          {"all", all.size()},
          {"failing", failing}};
}

std::string number(const json& x) {
  return std::to_string(x.get<std::int64_t>());
}

class lines {
public:
  explicit lines(const screen& to) : to_(to) {
  }
  void add(const std::string& title, const std::string& text) {
    auto head = title + ":";
    head.resize(std::max<std::size_t>(head.size() + 1, 14), ' ');
    text_ += head + visible(text, to_.has_utf8) + "\n";
  }
  const std::string& str() const {
    return text_;
  }

private:
  screen to_;
  std::string text_;
};

void add_identity(lines& to, const json& node) {
  to.add("Name", node["name"].get<std::string>() + " ("
                   + node["nickname"].get<std::string>() + ")");
  to.add("Mesh", "listens on " + node["mesh_address"].get<std::string>());
  to.add("Version", node["version"].get<std::string>() + ", flavour "
                      + node["flavour"].get<std::string>());
  to.add("Uptime", time_text(node["uptime_seconds"].get<double>()));
  to.add("Encryption", node["encryption"].get<bool>() ? "enabled" : "disabled");
  to.add("Discovery", node["discovery"].get<bool>() ? "enabled" : "disabled");
}

void add_readiness(lines& to, const json& document) {
  if (document["ready"].get<bool>())
    return to.add("Ready", "yes");
  std::string why;
  for (const auto& x : document["reasons"])
    why += (why.empty() ? "no: " : "; ") + x.get<std::string>();
  to.add("Ready", why.empty() ? "no" : why);
}

} // namespace

json status_document(const status_parts& x) {
  auto result = document("status");
  result["node"] =
    pick(x.node, {"name", "nickname", "uid", "mesh_address", "version",
                  "uptime_seconds", "encryption", "discovery", "flavour"});
  auto health = pick(x.health, {"ok", "reasons"});
  result["ready"] = health["ok"];
  result["reasons"] = health["reasons"];
  auto peers = pick_each(x.peers["peers"], {"reachable"});
  result["peers"] = {{"known", peers.size()},
                     {"reachable", count_if(peers, is_true("reachable"))}};
  result["connections"] = connection_counts(x.connections["connections"]);
  result["targets"] = target_counts(x.targets["targets"]);
  result["channels"] = x.channels["channels"].size();
  return result;
}

std::string render_status(const json& x, const screen& to) {
  lines result{to};
  add_identity(result, x["node"]);
  add_readiness(result, x);
  const auto& peers = x["peers"];
  result.add("Peers", number(peers["known"]) + " known, "
                        + number(peers["reachable"])
                        + " reachable, with this node");
  const auto& connections = x["connections"];
  result.add("Connections",
             number(connections["established"]) + " established, "
               + number(connections["pending"]) + " pending, "
               + number(connections["unencrypted"]) + " not encrypted");
  const auto& targets = x["targets"];
  result.add("Targets", number(targets["wanted"]) + " wanted, "
                          + number(targets["failing"]) + " failing");
  result.add("Channels", number(x["channels"]));
  return result.str();
}

} // namespace meshctl
