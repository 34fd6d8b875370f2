#include "tools/meshctl/view/mesh_views.hpp"

#include "tools/meshctl/text/table.hpp"
#include "tools/meshctl/text/units.hpp"

namespace meshctl {

namespace {

std::string number(const json& x) {
  return x.dump();
}

std::string yes(const json& x) {
  return x.get<bool>() ? "yes" : "no";
}

std::string or_dash(const std::string& x) {
  return x.empty() ? "-" : x;
}

std::string direction(const json& x) {
  return x["outbound"].get<bool>() ? "out" : "in";
}

std::string attributes_text(const json& x) {
  std::string result;
  for (const auto& each : x.items())
    result += (result.empty() ? "" : " ") + each.key() + "="
              + each.value().get<std::string>();
  return result;
}

} // namespace

json peers_document(const json& answer) {
  auto result = document("peers");
  result["peers"] =
    pick_each(answer["peers"], {"name", "nickname", "uid", "version", "self",
                                "hops_next", "reachable"});
  return result;
}

std::string render_peers(const json& document, const screen& to) {
  table rows{to,
             {{"NAME"},
              {"NICKNAME"},
              {"NEXT HOP"},
              {"REACHABLE"},
              {"VERSION", true},
              {"UID"}}};
  for (const auto& x : document["peers"])
    rows.add({x["name"].get<std::string>(), x["nickname"].get<std::string>(),
              x["self"].get<bool>() ? "this node"
                                    : or_dash(text_or_empty(x, "hops_next")),
              yes(x["reachable"]), number(x["version"]),
              x["uid"].get<std::string>()});
  return rows.str();
}

json connections_document(const json& answer) {
  auto result = document("connections");
  result["connections"] = pick_each(
    answer["connections"], {"id", "peer", "nickname", "address", "outbound",
                            "established", "encrypted", "protocol_version",
                            "traffic", "waiting_bytes", "silent_seconds"});
  return result;
}

std::string render_connections(const json& document, const screen& to) {
  table rows{to,
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
  for (const auto& x : document["connections"]) {
    const auto& traffic = x["traffic"];
    rows.add({or_dash(text_or_empty(x, "peer")),
              x["nickname"].get<std::string>(), x["address"].get<std::string>(),
              direction(x),
              x["established"].get<bool>() ? "established" : "pending",
              yes(x["encrypted"]), bytes_text(traffic["bytes_in"]),
              bytes_text(traffic["bytes_out"]), bytes_text(x["waiting_bytes"]),
              time_text(x["silent_seconds"])});
  }
  return rows.str();
}

json targets_document(const json& answer) {
  auto result = document("targets");
  result["targets"] =
    pick_each(answer["targets"],
              {"address", "state", "wanted", "next_try_seconds", "last_error"});
  return result;
}

std::string render_targets(const json& document, const screen& to) {
  table rows{
    to, {{"ADDRESS"}, {"STATE"}, {"WANTED"}, {"NEXT TRY"}, {"LAST ERROR"}}};
  for (const auto& x : document["targets"]) {
    const auto& next = x["next_try_seconds"];
    rows.add({x["address"].get<std::string>(), x["state"].get<std::string>(),
              yes(x["wanted"]), next.is_number() ? time_text(next) : "-",
              or_dash(text_or_empty(x, "last_error"))});
  }
  return rows.str();
}

json channels_document(const json& answer) {
  auto result = document("channels");
  result["channels"] = pick_each(
    answer["channels"],
    {"name", "joined", "surrogate", "unicasts_received", "unicasts_sent",
     "unicasts_relayed", "unicasts_dropped", "broadcasts_received",
     "gossips_received", "refused", "overrun", "circled", "broken", "surplus"});
  return result;
}

std::string render_channels(const json& document, const screen& to) {
  table rows{to,
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
  for (const auto& x : document["channels"])
    rows.add({x["name"].get<std::string>(),
              x["joined"].get<bool>()      ? "yes"
              : x["surrogate"].get<bool>() ? "relays"
                                           : "by meshd",
              number(x["unicasts_received"]), number(x["unicasts_sent"]),
              number(x["unicasts_relayed"]), number(x["unicasts_dropped"]),
              number(x["broadcasts_received"]), number(x["gossips_received"]),
              number(x["refused"]), number(x["overrun"])});
  return rows.str();
}

json actors_document(const json& answer) {
  auto result = document("actors");
  result["actors"] = pick_each(
    answer["actors"], {"name", "peer", "uid", "interface", "attributes"});
  return result;
}

std::string render_actors(const json& document, const screen& to) {
  table rows{to, {{"NAME"}, {"PEER"}, {"ATTRIBUTES"}, {"INTERFACE"}}};
  for (const auto& x : document["actors"]) {
    std::string interface;
    for (const auto& each : x["interface"])
      interface += (interface.empty() ? "" : ", ") + each.get<std::string>();
    rows.add({x["name"].get<std::string>(), x["peer"].get<std::string>(),
              attributes_text(x["attributes"]), interface});
  }
  return rows.str();
}

} // namespace meshctl
