#include "tools/meshctl/view/mesh_views.hpp"

#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/units.hpp"
#include "tools/meshctl/view/next_page.hpp"

namespace meshctl {

namespace {

std::string number(const json& x) {
  return x.dump();
}

std::string yes(const json& x) {
  return x.get<bool>() ? "yes" : "no";
}

std::string direction(const json& x) {
  return x.at("outbound").get<bool>() ? "out" : "in";
}

std::string attributes_text(const json& x) {
  std::string result;
  for (const auto& each : x.items())
    result += (result.empty() ? "" : " ") + each.key() + "="
              + each.value().get<std::string>();
  return result;
}

std::string render_ended(const json& all, const screen& to) {
  if (all.empty())
    return {};
  table rows{to,
             "connections",
             {{"ENDED"}, {"PEER"}, {"ADDRESS"}, {"DIAL"}, {"REASON"}}};
  for (const auto& x : all)
    rows.add({x.at("ended_at").get<std::string>(),
              x.at("peer").get<std::string>(),
              x.at("address").get<std::string>(), direction(x),
              x.at("reason").get<std::string>()});
  return "\n" + rows.str();
}

} // namespace

json peers_document(const json& answer) {
  auto result = document("peers");
  result["peers"] =
    pick_each(answer.at("peers"), {"name", "nickname", "uid", "version", "self",
                                   "hops_next", "reachable"});
  return result;
}

std::string render_peers(const json& document, const screen& to) {
  table rows{to,
             "peers",
             {{"NAME"},
              {"NICKNAME"},
              {"NEXT HOP"},
              {"REACHABLE"},
              {"VERSION", true},
              {"UID"}}};
  for (const auto& x : document.at("peers"))
    rows.add(
      {x.at("name").get<std::string>(), x.at("nickname").get<std::string>(),
       x.at("self").get<bool>() ? "this node" : text_or_empty(x, "hops_next"),
       yes(x.at("reachable")), number(x.at("version")),
       x.at("uid").get<std::string>()});
  return rows.str();
}

json connections_document(const json& answer) {
  auto result = document("connections");
  result["connections"] = pick_each(
    answer.at("connections"), {"id", "peer", "nickname", "address", "outbound",
                               "established", "encrypted", "protocol_version",
                               "traffic", "waiting_bytes", "silent_seconds"});
  result["ended"] =
    pick_each(answer.value("ended", json::array()),
              {"peer", "address", "outbound", "reason", "ended_at"});
  return result;
}

std::string render_connections(const json& document, const screen& to) {
  table rows{to,
             "connections",
             {{"PEER"},
              {"NICKNAME"},
              {"ADDRESS"},
              {"DIAL"},
              {"STATE"},
              {"ENCRYPTED"},
              {"IN", true},
              {"OUT", true},
              {"WAITING", true},
              {"SILENT", true}}};
  for (const auto& x : document.at("connections")) {
    const auto& traffic = x.at("traffic");
    rows.add({text_or_empty(x, "peer"), x.at("nickname").get<std::string>(),
              x.at("address").get<std::string>(), direction(x),
              x.at("established").get<bool>() ? "established" : "pending",
              yes(x.at("encrypted")), bytes_text(traffic.at("bytes_in")),
              bytes_text(traffic.at("bytes_out")),
              bytes_text(x.at("waiting_bytes")),
              time_text(x.at("silent_seconds"))});
  }
  return rows.str() + render_ended(document.at("ended"), to);
}

json targets_document(const json& answer) {
  auto result = document("targets");
  result["targets"] =
    pick_each(answer.at("targets"),
              {"address", "state", "wanted", "next_try_seconds", "last_error"});
  return result;
}

std::string render_targets(const json& document, const screen& to) {
  table rows{
    to,
    "targets",
    {{"ADDRESS"}, {"STATE"}, {"WANTED"}, {"NEXT TRY"}, {"LAST ERROR"}}};
  for (const auto& x : document.at("targets")) {
    const auto& next = x.at("next_try_seconds");
    rows.add({x.at("address").get<std::string>(),
              x.at("state").get<std::string>(), yes(x.at("wanted")),
              next.is_number() ? time_text(next) : std::string{},
              text_or_empty(x, "last_error")});
  }
  return rows.str();
}

json channels_document(const json& answer) {
  auto result = document("channels");
  result["channels"] = pick_each(
    answer.at("channels"),
    {"name", "joined", "surrogate", "unicasts_received", "unicasts_sent",
     "unicasts_relayed", "unicasts_dropped", "broadcasts_received",
     "gossips_received", "refused", "overrun", "looped", "broken", "surplus"});
  return result;
}

std::string render_channels(const json& document, const screen& to) {
  table rows{to,
             "channels",
             {{"NAME"},
              {"JOINED"},
              {"UNI IN", true},
              {"UNI OUT", true},
              {"RELAYED", true},
              {"DROPPED", true},
              {"BROAD IN", true},
              {"GOSSIP IN", true},
              {"REFUSED", true},
              {"OVERRUN", true}}};
  for (const auto& x : document.at("channels"))
    rows.add(
      {x.at("name").get<std::string>(),
       x.at("joined").get<bool>()      ? "yes"
       : x.at("surrogate").get<bool>() ? "relays"
                                       : "by meshd",
       number(x.at("unicasts_received")), number(x.at("unicasts_sent")),
       number(x.at("unicasts_relayed")), number(x.at("unicasts_dropped")),
       number(x.at("broadcasts_received")), number(x.at("gossips_received")),
       number(x.at("refused")), number(x.at("overrun"))});
  return rows.str();
}

json actors_document(const json& actors, const json& next) {
  auto result = document("actors");
  result["actors"] =
    pick_each(actors, {"name", "peer", "uid", "interface", "attributes"});
  result["next"] = next;
  return result;
}

std::string render_actors(const json& document, const screen& to) {
  table rows{to, "actors", {{"NAME"}, {"PEER"}, {"ATTRIBUTES"}, {"INTERFACE"}}};
  for (const auto& x : document.at("actors")) {
    std::string interface;
    for (const auto& each : x.at("interface"))
      interface += (interface.empty() ? "" : ", ") + each.get<std::string>();
    rows.add({x.at("name").get<std::string>(), x.at("peer").get<std::string>(),
              attributes_text(x.at("attributes")), interface});
  }
  return rows.str() + more_follow("actors", document, to);
}

} // namespace meshctl
