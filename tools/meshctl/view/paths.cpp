#include "tools/meshctl/view/paths.hpp"

#include <algorithm>
#include <deque>

#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/units.hpp"
#include "tools/meshctl/view/peer_text.hpp"

namespace meshctl {

namespace {

std::string path_text(const json& path,
                      const std::map<std::string, std::string>& nicknames) {
  std::string result;
  for (const auto& x : path) {
    auto name = x.get<std::string>();
    auto i = nicknames.find(name);
    auto has_nickname = i != nicknames.end() && !i->second.empty();
    result +=
      (result.empty() ? "" : " -> ") + (has_nickname ? i->second : name);
  }
  return result.empty() ? "-" : result;
}

std::string hops_text(const json& hops) {
  return hops.is_null() ? "-" : to_line(hops);
}

json with_path(const json& peer, const paths& from) {
  auto result = pick(peer, {"name", "nickname", "reachable"});
  auto path = from.to(result["name"].get<std::string>(),
                      text_or_empty(peer, "hops_next"));
  auto is_reachable = result["reachable"].get<bool>();
  if (!is_reachable)
    path.clear();
  result["hops"] = path.empty() ? json{} : json(path.size() - 1);
  result["way"] = path;
  return result;
}

std::map<std::string, std::string> nicknames_of(const json& peers) {
  std::map<std::string, std::string> result;
  for (const auto& x : peers)
    result.emplace(x.at("name").get<std::string>(),
                   x.at("nickname").get<std::string>());
  return result;
}

} // namespace

paths::paths(const json& topology) : self_(text_or_empty(topology, "self")) {
  std::map<std::string, std::set<std::string>> reported;
  for (const auto& peer : topology.at("peers"))
    for (const auto& x : peer.at("connections"))
      if (x.at("established").get<bool>())
        reported[peer.at("name").get<std::string>()].insert(
          x.at("peer").get<std::string>());
  for (const auto& [peer, others] : reported)
    for (const auto& other : others)
      if (reported.count(other) > 0 && reported.at(other).count(peer) > 0)
        neighbours_[peer].insert(other);
}

std::vector<std::string> paths::to(const std::string& destination,
                                   const std::string& next) const {
  if (destination == self_)
    return {self_};
  if (next.empty())
    return {};
  std::map<std::string, std::string> before = {{self_, {}}, {next, self_}};
  std::deque<std::string> waiting = {next};
  while (!waiting.empty() && before.count(destination) == 0) {
    auto peer = waiting.front();
    waiting.pop_front();
    auto i = neighbours_.find(peer);
    if (i == neighbours_.end())
      continue;
    for (const auto& x : i->second)
      if (before.emplace(x, peer).second)
        waiting.push_back(x);
  }
  std::vector<std::string> result;
  if (before.count(destination) == 0)
    return result;
  for (auto x = destination; !x.empty(); x = before.at(x))
    result.push_back(x);
  std::reverse(result.begin(), result.end());
  return result;
}

json reachability_document(const json& peers, const json& topology) {
  paths all{topology};
  auto result = document("reachability");
  result["self"] = topology.at("self");
  result["peers"] = json::array();
  for (const auto& x : peers)
    result["peers"].push_back(with_path(x, all));
  return result;
}

std::string render_reachability(const json& document, const screen& to) {
  auto nicknames = nicknames_of(document.at("peers"));
  table rows{to,
             "peers",
             {{"NAME"}, {"NICKNAME"}, {"REACHABLE"}, {"HOPS", true}, {"WAY"}}};
  for (const auto& x : document.at("peers"))
    rows.add({x.at("name").get<std::string>(),
              x.at("nickname").get<std::string>(),
              x.at("reachable").get<bool>() ? "yes" : "no",
              hops_text(x.at("hops")), path_text(x.at("way"), nicknames)});
  return rows.str();
}

json ping_document(const json& peer, const json& topology,
                   const json& round_trip) {
  auto result = document("ping");
  result.update(with_path(peer, paths{topology}));
  auto nicknames = nicknames_of(topology.at("peers"));
  result["way_nicknames"] = json::array();
  for (const auto& x : result["way"])
    result["way_nicknames"].push_back(nicknames[x.get<std::string>()]);
  result["round_trip_seconds"] = round_trip;
  return result;
}

std::string render_ping(const json& x, const screen& to) {
  std::map<std::string, std::string> nicknames;
  for (std::size_t i = 0; i < x.at("way").size(); ++i)
    nicknames[x.at("way")[i].get<std::string>()] =
      x.at("way_nicknames")[i].get<std::string>();
  auto text = peer_text(x);
  if (!x.at("reachable").get<bool>())
    return visible(text, to.has_utf8) + ": no route\n";
  text += ": " + hops_text(x.at("hops"))
          + (x.at("hops") == 1 ? " hop, " : " hops, ")
          + path_text(x.at("way"), nicknames);
  const auto& time = x.at("round_trip_seconds");
  if (time.is_number())
    text += ", round trip " + time_text(time.get<double>());
  return visible(text, to.has_utf8) + "\n";
}

} // namespace meshctl
