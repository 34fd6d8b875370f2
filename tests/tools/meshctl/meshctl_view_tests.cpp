#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/peer_lookup.hpp"
#include "tools/meshctl/view/findings.hpp"
#include "tools/meshctl/view/measurements.hpp"
#include "tools/meshctl/view/mesh_views.hpp"
#include "tools/meshctl/view/paths.hpp"
#include "tools/meshctl/view/stream_views.hpp"
#include "tools/meshctl/view/target_advice.hpp"
#include "tools/meshctl/view/traffic.hpp"

using namespace meshctl;

// Tests of what meshctl finds out from a node's status documents: paths, peers
// and problems.
namespace {

json link(const std::string& peer, bool established = true) {
  return {{"peer", peer},
          {"outbound", true},
          {"established", established},
          {"address", "x:1"}};
}

json peer(const std::string& name, const json& connections) {
  return {
    {"name", name}, {"nickname", "nick-" + name}, {"connections", connections}};
}

// The line a - b - c - d. `d` also reports a connection to `a` that is not
// established.
json line_topology() {
  return {{"self", "a"},
          {"peers",
           {peer("a", json::array({link("b"), link("d")})),
            peer("b", json::array({link("a"), link("c")})),
            peer("c", json::array({link("b"), link("d")})),
            peer("d", json::array({link("c"), link("a", false)}))}}};
}

json target(const std::string& error, bool wanted = true) {
  return {{"address", "x:1"},
          {"state", "waiting"},
          {"wanted", wanted},
          {"next_try_seconds", nullptr},
          {"last_error", error}};
}

symptoms healthy() {
  symptoms result;
  result.node = {
    {"name", "a"}, {"mesh_address", "127.0.0.1:6783"}, {"encryption", true}};
  result.health = {{"ok", true}, {"reasons", json::array()}};
  result.peers = json::array();
  result.connections = json::array({{{"peer", "b"},
                                     {"established", true},
                                     {"encrypted", true},
                                     {"protocol_version", 2},
                                     {"waiting_bytes", 0},
                                     {"silent_seconds", 1}}});
  result.refused = json::array();
  result.targets = json::array();
  result.channels = json::array();
  return result;
}

std::set<std::string> codes(const symptoms& x) {
  std::set<std::string> result;
  auto all = doctor_document(x);
  for (const auto& each : all["findings"])
    result.insert(text_or_empty(each, "severity") + " "
                  + text_or_empty(each, "code"));
  return result;
}

using findings_set = std::set<std::string>;

exit_code code_of_lookup(const json& peers, const std::string& name) {
  try {
    find_peer(peers, name);
    return exit_code::success;
  } catch (const failure& x) {
    return x.code();
  }
}

json connection(int id, int in, int out) {
  return {{"id", id},
          {"peer", "p" + std::to_string(id)},
          {"nickname", ""},
          {"established", true},
          {"waiting_bytes", 0},
          {"silent_seconds", 0},
          {"traffic",
           {{"frames_in", in},
            {"bytes_in", in},
            {"frames_out", out},
            {"bytes_out", out}}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(meshctl_view_tests)

BOOST_AUTO_TEST_CASE(a_way_follows_established_connections_of_both_sides) {
  paths all{line_topology()};
  auto way = all.to("d", "b");
  BOOST_TEST((way == std::vector<std::string>{"a", "b", "c", "d"}));
  BOOST_TEST(all.to("a", "").size() == 1u);
  BOOST_TEST(all.to("d", "").empty());
  BOOST_TEST(all.to("z", "b").empty());
}

BOOST_AUTO_TEST_CASE(a_ping_shows_the_way_with_nicknames) {
  json entry = {{"name", "d"},
                {"nickname", "nick-d"},
                {"hops_next", "b"},
                {"reachable", true}};
  auto x = ping_document(entry, line_topology(), 0.0015);
  BOOST_TEST(x["hops"] == 3);
  BOOST_TEST(render_ping(x, {})
             == "d (nick-d): 3 hops, nick-a -> nick-b -> nick-c -> nick-d, "
                "round trip 1.5 ms\n");
  entry["nickname"] = "";
  BOOST_TEST(render_ping(ping_document(entry, line_topology(), 0.0015), {})
               .rfind("d: ", 0)
             == 0u);
}

BOOST_AUTO_TEST_CASE(a_peer_is_found_by_name_before_nickname) {
  json peers = {{{"name", "x"}, {"nickname", "y"}},
                {{"name", "y"}, {"nickname", "z"}},
                {{"name", "w"}, {"nickname", "z"}}};
  BOOST_TEST(find_peer(peers, "y")["name"] == "y");
  BOOST_TEST(find_peer(peers, "x")["name"] == "x");
  BOOST_TEST((code_of_lookup(peers, "z") == exit_code::usage));
  BOOST_TEST((code_of_lookup(peers, "q") == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(nothing_is_found_on_a_healthy_node) {
  BOOST_TEST((codes(healthy()) == findings_set{}));
  BOOST_TEST(render_findings(doctor_document(healthy()), {})
             == "Nothing is wrong.\n");
}

BOOST_AUTO_TEST_CASE(errors_of_targets_become_advice) {
  auto code = [](const char* error) {
    return std::string{advice_for(error).code};
  };
  BOOST_TEST(code("socket_failed: Connection refused") == "closed_port");
  BOOST_TEST(code("cannot_open: frame") == "passwords_differ");
  BOOST_TEST(code("name_collision: 01") == "name_twice");
  BOOST_TEST(code("version_mismatch: 1") == "versions_differ");
  BOOST_TEST(code("cannot_resolve: x") == "unknown_host");
  BOOST_TEST(code("something else") == "cannot_connect");
  BOOST_TEST(code("") == "cannot_connect");
}

BOOST_AUTO_TEST_CASE(an_error_of_a_discovered_target_is_a_warning) {
  auto x = healthy();
  x.targets = json::array({target("cannot_open: frame")});
  BOOST_TEST((codes(x) == findings_set{"error passwords_differ"}));
  BOOST_TEST(has_errors(doctor_document(x)));
  x.targets = json::array({target("cannot_open: frame", false)});
  BOOST_TEST((codes(x) == findings_set{"warning passwords_differ"}));
  BOOST_TEST(!has_errors(doctor_document(x)));
}

BOOST_AUTO_TEST_CASE(the_node_itself_is_judged) {
  auto x = healthy();
  x.node["warnings"] = json::array(
    {{{"code", "short_password"}, {"detail", "It is short."}, {"times", 1}}});
  x.health["reasons"] = {"no peer is connected"};
  x.clock_ahead_seconds = -60;
  BOOST_TEST((codes(x)
              == findings_set{"warning short_password", "error not_ready",
                              "warning clock"}));
}

BOOST_AUTO_TEST_CASE(a_missing_password_is_said_once) {
  auto x = healthy();
  x.node["encryption"] = false;
  x.node["mesh_address"] = "0.0.0.0:6783";
  x.node["warnings"] = json::array(
    {{{"code", "no_password"}, {"detail", "It has none."}, {"times", 1}}});
  BOOST_TEST(doctor_document(x)["findings"].size() == 1u);
  BOOST_TEST((codes(x) == findings_set{"warning no_password"}));
}

BOOST_AUTO_TEST_CASE(connections_and_peers_are_judged) {
  auto x = healthy();
  auto other = x.connections[0];
  other["encrypted"] = false;
  other["protocol_version"] = 1;
  other["silent_seconds"] = 100;
  other["waiting_bytes"] = 100 * 1024 * 1024;
  x.connections.push_back(other);
  x.peers = {{{"name", "1"}, {"nickname", "n"}, {"reachable", true}},
             {{"name", "2"}, {"nickname", "n"}, {"reachable", false}}};
  BOOST_TEST(
    (codes(x)
     == findings_set{"warning silent_peer", "warning slow_peer",
                     "note not_encrypted", "note old_protocol",
                     "note nickname_twice", "warning unreachable_peer"}));
}

BOOST_AUTO_TEST_CASE(remotes_that_were_refused_are_one_finding) {
  auto refused = [](const char* address, const char* reason) {
    return json{{"address", address},
                {"reason", reason},
                {"times", 3},
                {"refused_at", "2026-01-31T12:00:00Z"}};
  };
  auto x = healthy();
  x.refused.push_back(refused("10.0.0.9:1", "connection_closed: by it"));
  BOOST_TEST(codes(x).empty());
  x.refused.push_back(refused("10.0.0.1:1", "cannot_open: a frame"));
  x.refused.push_back(refused("10.0.0.2:1", "encryption_mismatch"));
  BOOST_TEST((codes(x) == findings_set{"warning remote_refused"}));
  auto text = render_findings(doctor_document(x), {});
  BOOST_TEST(text.find("10.0.0.1:1") != text.npos);
  BOOST_TEST(text.find("cannot_open: a frame, 3 times") != text.npos);
  BOOST_TEST(text.find("; so was 1 other host") != text.npos);
  BOOST_TEST(text.find("1 other hosts") == text.npos);
}

BOOST_AUTO_TEST_CASE(findings_begin_with_the_errors_and_are_escaped) {
  auto x = healthy();
  x.peers = {{{"name", "\x1b[2J"}, {"nickname", ""}, {"reachable", false}}};
  x.targets = json::array({target("timed_out: \u202E")});
  auto text = render_findings(doctor_document(x), {});
  BOOST_TEST(text.compare(0, 6, "error:") == 0);
  BOOST_TEST(text.find('\x1b') == text.npos);
  BOOST_TEST(text.find("\\u{202E}") != text.npos);
}

BOOST_AUTO_TEST_CASE(rates_are_differences_and_sorted) {
  json before = {{"connections", {connection(1, 100, 100)}}};
  json now = {
    {"connections",
     {connection(1, 300, 100), connection(2, 900, 900), connection(3, 0, 0)}}};
  auto x = traffic_document(before, now, 2, "in")["connections"];
  BOOST_TEST(x[0]["id"] == 1);
  BOOST_TEST(x[0]["in_bytes_per_second"] == 100.0);
  BOOST_TEST(x[1]["in_bytes_per_second"] == 0.0);
  auto line = render_traffic_line(traffic_document(before, now, 2, "in"));
  BOOST_TEST(line == "3 connections, in 100 B/s, out 0 B/s, waiting 0 B\n");
}

BOOST_AUTO_TEST_CASE(a_measurement_has_percentiles_and_losses) {
  measurements x;
  for (auto i = 1; i <= 100; ++i)
    x.latencies.push_back(i / 1000.0);
  x.sent = 1000;
  x.received = 990;
  x.receiving_seconds = 2;
  auto y = bench_document(x);
  BOOST_TEST(y["latency"]["max_seconds"] == 0.1);
  BOOST_TEST(y["throughput"]["lost"] == 10);
  BOOST_TEST(y["throughput"]["received_per_second"] == 495.0);
  BOOST_TEST(bench_document({})["latency"]["p50_seconds"] == 0.0);
}

BOOST_AUTO_TEST_CASE(messages_and_events_are_escaped) {
  server_event message{"e-1", "message",
                       R"({"from":"b","unicast":true,"data":"G1sySg=="})"};
  BOOST_TEST(render_message(message_document(message), {})
             == "b  to this node  \\x1B[2J");
  server_event event{"e-2", "peer_joined",
                     R"({"peer":{"name":"b","nickname":"\u001b[31m\u202e"}})"};
  BOOST_TEST(render_event(event_document(event), {})
             == "peer_joined  peer b(\\x1B[31m\\u{202E})");
  server_event put{
    "e-3", "put", R"({"key":"k\n","etag":"e","old_etag":null,"value":"Cg=="})"};
  BOOST_TEST(render_change(change_document("kv_change", put), {})
             == "put     k\\n  e  \\n");
  server_event add{"e-4", "add", R"({"element":"x\n"})"};
  BOOST_TEST(render_change(change_document("set_change", add), {})
             == "add     x\\n");
}

BOOST_AUTO_TEST_CASE(json_for_programs_is_ascii_without_control_characters) {
  json x = {{"text", "\x1b\x7f\u202E\xff"}};
  BOOST_TEST(to_line(x) == R"({"text":"\u001b\u007f\u202e\ufffd"})");
}

BOOST_AUTO_TEST_CASE(an_answer_without_the_expected_fields_is_refused) {
  BOOST_CHECK_THROW(peers_document({{"peers", {{{"name", "a"}}}}}), failure);
  BOOST_CHECK_THROW(peers_document({{"peers", 7}}), failure);
  BOOST_CHECK_THROW(parse_answer("<html>"), failure);
}

BOOST_AUTO_TEST_SUITE_END()
