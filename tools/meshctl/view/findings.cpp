#include "tools/meshctl/view/findings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tools/meshctl/text/command_names.hpp"
#include "tools/meshctl/text/units.hpp"
#include "tools/meshctl/view/target_advice.hpp"

namespace meshctl {

namespace {

constexpr double longest_silence_seconds = 60;
constexpr double most_waiting_bytes = 4 * 1024 * 1024;
constexpr double largest_skew_seconds = 5;

class findings {
public:
  void add(const advice& what, const std::string& subject,
           const std::string& details = {}) {
    auto sentence =
      details.empty() ? what.finding : what.finding + (": " + details);
    all_.push_back({{"code", what.code},
                    {"severity", what.severity},
                    {"subject", subject},
                    {"finding", sentence},
                    {"advice", what.what_to_do}});
  }

  json sorted() {
    auto rank = [](const json& x) {
      auto severity = text_or_empty(x, "severity");
      return severity == "error" ? 0 : severity == "warning" ? 1 : 2;
    };
    std::stable_sort(
      all_.begin(), all_.end(),
      [&](const json& x, const json& y) { return rank(x) < rank(y); });
    return all_;
  }

private:
  std::vector<json> all_;
};

void judge_readiness(findings& to, const symptoms& x) {
  for (const auto& reason : x.health.at("reasons"))
    to.add({"not_ready", "error", "the node is not ready",
            "The other findings may say why."},
           text_or_empty(x.node, "name"),
           with_commands(reason.get<std::string>()));
}

void judge_warnings(findings& to, const symptoms& x) {
  for (const auto& each : x.node.value("warnings", json::array())) {
    auto times = each.value("times", 1);
    auto code = text_or_empty(each, "code");
    auto finding =
      text_or_empty(each, "detail")
      + (times > 1 ? " (" + std::to_string(times) + " times)" : std::string{});
    auto hint = with_commands(text_or_empty(each, "hint"));
    if (hint.empty())
      hint = "The log of meshd may say more.";
    to.add({code.c_str(), "warning", finding.c_str(), hint.c_str()},
           text_or_empty(x.node, "name"));
  }
}

void judge_targets(findings& to, const symptoms& x) {
  for (const auto& target : x.targets) {
    auto error = text_or_empty(target, "last_error");
    if (error.empty() || text_or_empty(target, "state") == "connected")
      continue;
    auto what = advice_for(error);
    // Only failures of addresses that the user wants count as errors. Addresses
    // learnt from other peers are often unreachable, for instance behind NAT.
    auto is_wanted = target.value("wanted", false);
    if (!is_wanted && std::string{what.severity} == "error")
      what.severity = "warning";
    to.add(what, text_or_empty(target, "address"), error);
  }
}

std::string name_of(const json& connection) {
  auto peer = text_or_empty(connection, "peer");
  return peer.empty() ? text_or_empty(connection, "address") : peer;
}

void judge_connections(findings& to, const symptoms& x) {
  for (const auto& each : x.connections) {
    auto silent = each.value("silent_seconds", 0.0);
    auto waiting = each.value("waiting_bytes", 0.0);
    if (silent > longest_silence_seconds)
      to.add({"silent_peer", "warning", "the neighbour has sent nothing",
              "Is its machine overloaded, or the network interrupted?"},
             name_of(each), "for " + time_text(silent));
    if (waiting > most_waiting_bytes)
      to.add({"slow_peer", "warning", "the neighbour reads too slowly",
              "Is its machine or the network overloaded?"},
             name_of(each), bytes_text(waiting) + " are waiting");
    if (each.value("established", false) && !each.value("encrypted", false)
        && x.node.value("encryption", false))
      to.add({"not_encrypted", "note", "the connection is not encrypted",
              "This is right only if both ends are in trusted subnets."},
             name_of(each));
  }
  if (x.connections.empty() && x.targets.empty())
    to.add({"alone", "note", "the node has no connection and dials nobody",
            "meshctl connect HOST:PORT joins a mesh."},
           text_or_empty(x.node, "name"));
}

// Remotes that merely connect and close, such as health checks, are left out.
bool is_of_concern(const std::string& reason) {
  for (auto code : {"cannot_open", "encryption_mismatch", "version_mismatch",
                    "flavour_mismatch", "bad_feature"})
    if (reason.rfind(code, 0) == 0)
      return true;
  return false;
}

// Combines all refused remotes in one finding, because anyone can connect.
void judge_refused(findings& to, const symptoms& x) {
  const json* latest = nullptr;
  std::size_t others = 0;
  for (const auto& each : x.refused)
    if (is_of_concern(text_or_empty(each, "reason"))) {
      others += latest ? 1 : 0;
      latest = latest ? latest : &each;
    }
  if (!latest)
    return;
  auto details = text_or_empty(*latest, "reason") + ", "
                 + counted(latest->value("times", std::size_t{1}), "time")
                 + ", last at " + text_or_empty(*latest, "refused_at");
  if (others > 0)
    details += (others == 1 ? "; so was " : "; so were ")
               + counted(others, "other host");
  to.add({"remote_refused", "warning",
          "this node refused the other side before it was authenticated",
          "If it belongs to the mesh, give both the same password, or none, "
          "and compatible versions."},
         text_or_empty(*latest, "address"), details);
}

void judge_versions(findings& to, const symptoms& x) {
  std::set<std::int64_t> versions;
  for (const auto& each : x.connections)
    if (each.value("established", false))
      versions.insert(each.value("protocol_version", std::int64_t{0}));
  if (versions.size() > 1)
    to.add({"old_protocol", "note",
            "some neighbours speak an older version of the protocol",
            "Update them when you can."},
           "version " + std::to_string(*versions.begin()));
}

void judge_peers(findings& to, const symptoms& x) {
  std::map<std::string, std::string> names;
  for (const auto& peer : x.peers) {
    auto name = text_or_empty(peer, "name");
    auto nickname = text_or_empty(peer, "nickname");
    if (!peer.value("reachable", true))
      to.add({"unreachable_peer", "warning",
              "a peer is known but cannot be reached",
              "It has left, or the connections on the way are not "
              "established yet."},
             name);
    auto [other, is_new] = names.emplace(nickname, name);
    if (!nickname.empty() && !is_new)
      to.add({"nickname_twice", "note", "two peers have the same nickname",
              "Give each node a nickname of its own."},
             nickname, other->second + " and " + name);
  }
}

void judge_channels(findings& to, const symptoms& x) {
  for (const auto& each : x.channels) {
    auto name = text_or_empty(each, "name");
    if (each.value("broken", 0) > 0)
      to.add({"broken_messages", "warning", "messages did not decode",
              "Do all nodes run compatible versions of the application?"},
             name, std::to_string(each.value("broken", 0)));
    if (each.value("overrun", 0) > 0)
      to.add({"overrun", "note",
              "messages were dropped because the receiver was too slow",
              "Send less, or read faster."},
             name, std::to_string(each.value("overrun", 0)));
  }
}

void judge_clock(findings& to, const symptoms& x) {
  auto ahead = x.clock_ahead_seconds.value_or(0);
  if (std::fabs(ahead) > largest_skew_seconds)
    to.add({"clock", "warning",
            "the clock of the node differs from that of this machine",
            "Set both by NTP: of two writers of a key, the one with the later "
            "clock wins."},
           text_or_empty(x.node, "name"),
           time_text(std::fabs(ahead)) + (ahead > 0 ? " ahead" : " behind"));
}

} // namespace

json doctor_document(const symptoms& x) {
  findings all;
  for (auto judge : {judge_readiness, judge_warnings, judge_targets,
                     judge_connections, judge_refused, judge_versions,
                     judge_peers, judge_channels, judge_clock})
    judge(all, x);
  auto result = document("doctor");
  result["findings"] = all.sorted();
  return result;
}

std::string render_findings(const json& document, const screen& to) {
  std::string result;
  for (const auto& x : document.at("findings")) {
    auto text = text_or_empty(x, "severity") + ": "
                + text_or_empty(x, "subject") + ": "
                + text_or_empty(x, "finding");
    result += visible(text, to.has_utf8) + "\n  "
              + visible(text_or_empty(x, "advice"), to.has_utf8) + "\n";
  }
  return result.empty() ? "Nothing is wrong.\n" : result;
}

bool has_errors(const json& document) {
  const auto& all = document.at("findings");
  return std::any_of(all.begin(), all.end(), [](const json& x) {
    return text_or_empty(x, "severity") == "error";
  });
}

} // namespace meshctl
