#include "tools/meshctl/view/status_view.hpp"

#include <algorithm>

#include "tools/meshctl/text/command_names.hpp"
#include "tools/meshctl/text/units.hpp"
#include "tools/meshctl/view/peer_text.hpp"

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
  auto failing = count_if(all, [](const json& x) {
    return x.value("wanted", false) && text_or_empty(x, "state") != "connected"
           && !text_or_empty(x, "last_error").empty();
  });
  auto wanted = count_if(all, is_true("wanted"));
  return {{"wanted", wanted},
          {"discovered", static_cast<std::ptrdiff_t>(all.size()) - wanted},
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

/// How the previous life ended.
std::string end_of(const json& before) {
  auto end = text_or_empty(before, "end");
  auto at = text_or_empty(before, "ended_at");
  if (end == "stopped")
    return "the one before was stopped at " + at;
  if (end == "failed")
    return "the one before failed at " + at + ", the log says why";
  return "the one before, from " + text_or_empty(before, "began_at")
         + ", was killed or crashed, or its end could not be written";
}

void add_life(lines& to, const json& node) {
  if (!node.at("life").is_number())
    return;
  const auto& before = node.at("previous_life");
  to.add("Life", number(node.at("life"))
                   + (before.is_object() ? "; " + end_of(before) : ""));
}

void add_identity(lines& to, const json& node) {
  to.add("Name", peer_text(node));
  to.add("Mesh", "listens on " + node.at("mesh_address").get<std::string>());
  to.add("Version", node.at("version").get<std::string>() + ", flavour "
                      + node.at("flavour").get<std::string>());
  to.add("Uptime", time_text(node.at("uptime_seconds").get<double>()));
  add_life(to, node);
  to.add("Encryption",
         node.at("encryption").get<bool>() ? "enabled" : "disabled");
  to.add("Discovery",
         node.at("discovery").get<bool>() ? "enabled" : "disabled");
}

void add_readiness(lines& to, const json& document) {
  if (document.at("ready").get<bool>())
    return to.add("Ready", "yes");
  std::string why;
  for (const auto& x : document.at("reasons"))
    why += (why.empty() ? "no: " : "; ") + with_commands(x.get<std::string>());
  to.add("Ready", why.empty() ? "no" : why);
}

} // namespace

json status_document(const status_parts& x) {
  auto result = document("status");
  result["node"] =
    pick(x.node, {"name", "nickname", "uid", "mesh_address", "version",
                  "uptime_seconds", "encryption", "discovery", "flavour"});
  // An older meshd does not send these fields.
  for (auto field : {"life", "previous_life"})
    result["node"][field] = x.node.value(field, json{});
  auto health = pick(x.health, {"ok", "reasons"});
  result["ready"] = health.at("ok");
  result["reasons"] = health.at("reasons");
  auto peers = pick_each(x.peers.at("peers"), {"reachable"});
  result["peers"] = {{"known", peers.size()},
                     {"reachable", count_if(peers, is_true("reachable"))}};
  result["connections"] = connection_counts(x.connections.at("connections"));
  result["targets"] = target_counts(x.targets.at("targets"));
  result["channels"] = x.channels.at("channels").size();
  result["warnings"] = x.node.value("warnings", json::array()).size();
  return result;
}

std::string render_status(const json& x, const screen& to) {
  lines result{to};
  add_identity(result, x.at("node"));
  add_readiness(result, x);
  const auto& peers = x.at("peers");
  result.add("Peers", number(peers.at("known")) + " known, "
                        + number(peers.at("reachable"))
                        + " reachable, with this node");
  const auto& connections = x.at("connections");
  result.add("Connections",
             number(connections.at("established")) + " established, "
               + number(connections.at("pending")) + " pending, "
               + number(connections.at("unencrypted")) + " not encrypted");
  const auto& targets = x.at("targets");
  result.add("Targets", number(targets.at("wanted")) + " wanted, "
                          + number(targets.at("failing")) + " failing");
  result.add("Channels", number(x.at("channels")));
  if (auto warnings = x.at("warnings"); warnings > 0)
    result.add("Warnings", number(warnings) + "; meshctl doctor prints them");
  return result.str();
}

} // namespace meshctl
