#include "tests/support/overlaid_mesh.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <nlohmann/json.hpp>

#include "messages/wire/frame.hpp"
#include "tests/support/stranger.hpp"
#include <cafmesh/status_json.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node's status and of the JSON document made from it.
namespace {

using nlohmann::ordered_json;
using strings = std::vector<std::string>;

strings keys_of(const ordered_json& x) {
  strings result;
  for (const auto& item : x.items())
    result.push_back(item.key());
  return result;
}

const strings peer_fields{"Name",    "NickName", "UID",
                          "ShortID", "Version",  "Connections"};

struct reporting : overlaid_mesh {
  mesh_status status(char letter) {
    auto asked =
      ask_later<mesh_status>(system(), at(letter).router(), get_status{});
    // Time passes, because the query waits for parts that do not answer.
    run_for(seconds{2});
    BOOST_TEST_REQUIRE(asked->value.has_value(), describe(asked->why));
    return *asked->value;
  }
  ordered_json document(char letter) {
    return ordered_json::parse(to_json(status(letter)));
  }
  ordered_json connection(char letter) {
    auto all = document(letter)["Connections"];
    BOOST_TEST_REQUIRE(!all.empty());
    return all[0];
  }
  ordered_json figures(char letter) {
    return connection(letter)["Figures"];
  }
  ordered_json channel(char letter, const std::string& name) {
    auto all = document(letter)["Channels"];
    for (const auto& x : all)
      if (x["Name"] == name)
        return x;
    return nullptr;
  }
  ordered_json target(char letter, const std::string& address) {
    auto all = document(letter)["DialTargets"];
    for (const auto& x : all)
      if (x["Address"] == address)
        return x;
    return nullptr;
  }
  /// Makes `a` dial `b`, both with a password.
  void connect_encrypted(bool trusting) {
    for (char letter : {'a', 'b'}) {
      auto setup = settings_for(letter);
      setup.passwords = {"wfvAwt7sj"};
      if (trusting)
        setup.trusted_subnets.push_back(*subnet::parse("10.0.0.0/8"));
      add_overlaid(letter, setup);
    }
    at('a').connect_to(at('b'));
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(status_tests, reporting)

// -- shape

BOOST_AUTO_TEST_CASE(fields_of_the_go_library_come_before_ours) {
  add('a');
  BOOST_TEST(keys_of(document('a'))
               == (strings{"Protocol",
                           "ProtocolMinVersion",
                           "ProtocolMaxVersion",
                           "Encryption",
                           "PeerDiscovery",
                           "Name",
                           "NickName",
                           "Port",
                           "Peers",
                           "UnicastRoutes",
                           "BroadcastRoutes",
                           "Connections",
                           "TerminationCount",
                           "Targets",
                           "OverlayDiagnostics",
                           "TrustedSubnets",
                           "Uptime",
                           "DialTargets",
                           "Channels",
                           "Actors"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_part_has_the_fields_of_the_go_library) {
  build("ab");
  auto x = document('a');
  BOOST_TEST(keys_of(x["Peers"][0]) == peer_fields,
             boost::test_tools::per_element());
  BOOST_TEST(
    keys_of(x["Peers"][0]["Connections"][0])
      == (strings{"Name", "NickName", "Address", "Outbound", "Established"}),
    boost::test_tools::per_element());
  BOOST_TEST(keys_of(x["UnicastRoutes"][0]) == (strings{"Dest", "Via"}),
             boost::test_tools::per_element());
  BOOST_TEST(keys_of(x["BroadcastRoutes"][0]) == (strings{"Source", "Via"}),
             boost::test_tools::per_element());
  BOOST_TEST(
    keys_of(x["Connections"][0])
      == (strings{"Address", "Outbound", "State", "Info", "Attrs", "Figures"}),
    boost::test_tools::per_element());
}

// The Go library writes `null` for some of these lists. We do not, so readers
// need not check for it.
BOOST_AUTO_TEST_CASE(an_empty_list_is_not_null) {
  add('a');
  auto x = document('a');
  for (auto field : {"Connections", "Targets", "TrustedSubnets", "DialTargets"})
    BOOST_TEST(x[field] == ordered_json::array(), field);
  BOOST_TEST(x["Peers"][0]["Connections"] == ordered_json::array());
  BOOST_TEST(x["BroadcastRoutes"][0]["Via"] == ordered_json::array());
}

// The Go library's fields are null too when no overlay reports anything.
BOOST_AUTO_TEST_CASE(without_an_overlay_its_fields_are_null) {
  build("ab");
  auto x = document('a');
  BOOST_TEST(x["OverlayDiagnostics"].is_null());
  BOOST_TEST(x["Connections"][0]["Attrs"].is_null());
}

BOOST_AUTO_TEST_CASE(the_document_can_be_indented) {
  add('a');
  auto x = status('a');
  BOOST_TEST(to_json(x).find('\n') == std::string::npos);
  BOOST_TEST(to_json(x, 2).rfind("{\n  \"Protocol\": \"weave\",\n", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(a_nickname_need_not_be_utf_8) {
  auto setup = settings_for('a');
  setup.nickname = "a\xff\"\n";
  add('a', setup);
  BOOST_TEST(document('a')["NickName"] == "a\xef\xbf\xbd\"\n");
}

// -- content

BOOST_AUTO_TEST_CASE(the_status_has_the_nodes_identity_and_settings) {
  auto setup = settings_for('a');
  setup.passwords = {"wfvAwt7sj"};
  setup.discovery = true;
  setup.trusted_subnets.push_back(*subnet::parse("10.1.2.3/8"));
  add('a', setup);
  auto x = document('a');
  BOOST_TEST(x["Protocol"] == "weave");
  BOOST_TEST(x["ProtocolMinVersion"] == 2);
  BOOST_TEST(x["ProtocolMaxVersion"] == 2);
  BOOST_TEST(x["Encryption"] == true);
  BOOST_TEST(x["PeerDiscovery"] == true);
  BOOST_TEST(x["Name"] == "00:00:00:00:00:61");
  BOOST_TEST(x["NickName"] == "a");
  BOOST_TEST(x["Port"] == 6783);
  BOOST_TEST(x["TrustedSubnets"] == ordered_json::array({"10.0.0.0/8"}));
}

//   a --> b --> c
BOOST_AUTO_TEST_CASE(the_status_lists_every_known_peer) {
  build("ab bc");
  auto peers = document('a')["Peers"];
  BOOST_TEST_REQUIRE(peers.size() == 3u);
  auto b = at('a').record_of(at('b'));
  BOOST_TEST(peers[1]["Name"] == at('b').name().str());
  BOOST_TEST(peers[1]["NickName"] == "b");
  BOOST_TEST(peers[1]["UID"] == value_of(b.peer.uid));
  BOOST_TEST(peers[1]["ShortID"] == value_of(*b.peer.alias));
  BOOST_TEST(peers[1]["Version"] == b.peer.version);
  auto to_c = peers[1]["Connections"][1];
  BOOST_TEST(to_c["Name"] == at('c').name().str());
  BOOST_TEST(to_c["NickName"] == "c");
  BOOST_TEST(to_c["Address"] == at('c').address());
  BOOST_TEST(to_c["Outbound"] == true);
  BOOST_TEST(to_c["Established"] == true);
}

//   a --- b --- c
BOOST_AUTO_TEST_CASE(the_status_lists_the_routes) {
  build("ab bc");
  auto x = document('a');
  auto a = at('a').name().str(), b = at('b').name().str(),
       c = at('c').name().str();
  BOOST_TEST(
    x["UnicastRoutes"]
    == ordered_json::array({{{"Dest", a}, {"Via", "00:00:00:00:00:00"}},
                            {{"Dest", b}, {"Via", b}},
                            {{"Dest", c}, {"Via", b}}}));
  BOOST_TEST(x["BroadcastRoutes"]
             == ordered_json::array(
               {{{"Source", a}, {"Via", ordered_json::array({b})}}}));
}

BOOST_AUTO_TEST_CASE(routes_lead_only_over_established_connections) {
  add_overlaid('a');
  add_overlaid('b');
  options('a').patience = options('b').patience = minutes{1};
  lose_datagrams('b', 'a');
  at('a').connect_to(at('b'));
  settle();
  auto x = document('a');
  BOOST_TEST(x["UnicastRoutes"].size() == 1u);
  BOOST_TEST(x["BroadcastRoutes"][0]["Via"].empty());
  BOOST_TEST(x["Connections"][0]["State"] == "pending");
}

BOOST_AUTO_TEST_CASE(the_status_lists_the_connections) {
  build("ab");
  auto x = connection('a');
  BOOST_TEST(x["Address"] == at('b').address());
  BOOST_TEST(x["Outbound"] == true);
  BOOST_TEST(x["State"] == "established");
  BOOST_TEST(x["Info"] == "none   00:00:00:00:00:62(b)");
  BOOST_TEST(connection('b')["Outbound"] == false);
}

BOOST_AUTO_TEST_CASE(an_untrusted_connection_is_shown_as_encrypted) {
  connect_encrypted(false);
  auto x = connection('a');
  BOOST_TEST(x["Info"] == "encrypted   datagrams 00:00:00:00:00:62(b)");
  BOOST_TEST(x["Attrs"]["encrypted"] == true);
}

BOOST_AUTO_TEST_CASE(a_trusted_connection_is_shown_as_unencrypted) {
  connect_encrypted(true);
  auto x = connection('a');
  BOOST_TEST(x["Info"] == "unencrypted datagrams 00:00:00:00:00:62(b)");
  BOOST_TEST(!x["Attrs"].contains("encrypted"));
}

BOOST_AUTO_TEST_CASE(connections_that_ended_are_counted) {
  build("ab");
  BOOST_TEST(document('a')["TerminationCount"] == 0);
  net().cut(at('a').host(), at('b').host());
  run_for(seconds{10});
  BOOST_TEST(document('a')["TerminationCount"] == 1);
}

// -- the overlay's part

BOOST_AUTO_TEST_CASE(an_overlay_s_diagnostics_are_json_in_the_document) {
  connect_two();
  BOOST_TEST(document('a')["OverlayDiagnostics"]["Kind"] == "datagrams");
}

BOOST_AUTO_TEST_CASE(diagnostics_that_are_not_json_are_shown_as_text) {
  options('a').diagnostics = "{not json";
  connect_two();
  BOOST_TEST(document('a')["OverlayDiagnostics"] == "{not json");
}

BOOST_AUTO_TEST_CASE(an_overlay_s_attributes_are_those_of_its_connection) {
  connect_two();
  auto x = connection('a');
  BOOST_TEST(x["Attrs"]["name"] == "datagrams");
  BOOST_TEST(x["Attrs"]["remote"].get<std::string>().rfind("10.0.0.98:", 0)
             == 0u);
  BOOST_TEST(x["Info"] == "datagrams 00:00:00:00:00:62(b)");
}

BOOST_AUTO_TEST_CASE(an_overlay_that_does_not_answer_loses_only_its_part) {
  connect_two();
  options('a').silent = true;
  auto x = document('a');
  BOOST_TEST(x["OverlayDiagnostics"].is_null());
  BOOST_TEST_REQUIRE(x["Connections"].size() == 1u);
  BOOST_TEST(x["Connections"][0]["State"] == "established");
  BOOST_TEST(x["Connections"][0]["Attrs"].is_null());
}

// -- targets

BOOST_AUTO_TEST_CASE(a_failed_target_has_a_reason_and_a_next_try) {
  add('a').connect_to({"10.0.0.200"});
  run_for(minutes{1});
  auto x = document('a');
  BOOST_TEST(x["Targets"] == ordered_json::array({"10.0.0.200"}));
  BOOST_TEST(x["TerminationCount"] == 0);
  auto shown = x["Connections"][0];
  BOOST_TEST(shown["Address"] == "10.0.0.200:6783");
  BOOST_TEST(shown["Outbound"] == true);
  BOOST_TEST(shown["State"] == "failed");
  BOOST_TEST(shown["Attrs"].is_null());
  auto info = shown["Info"].get<std::string>();
  BOOST_TEST(info.find("connection refused") != std::string::npos, info);
  BOOST_TEST(info.find(", retry: ") != std::string::npos, info);
  auto ours = target('a', "10.0.0.200:6783");
  BOOST_TEST(
    keys_of(ours)
      == (strings{"Address", "State", "Wanted", "NextTry", "LastError"}),
    boost::test_tools::per_element());
  BOOST_TEST(ours["State"] == "waiting");
  BOOST_TEST(ours["Wanted"] == true);
  BOOST_TEST(ours["NextTry"].get<double>() > 0);
  BOOST_TEST(ours["LastError"].get<std::string>().find("refused")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_target_that_is_being_dialled_is_shown_as_connecting) {
  add('a');
  add('b');
  net().block(at('a').host(), at('b').host());
  at('a').connect_to(at('b'));
  BOOST_TEST(connection('a')["State"] == "connecting");
  BOOST_TEST(target('a', at('b').address())["State"] == "attempting");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_never_retried_has_no_next_try) {
  add('a');
  at('a').connect_to(at('a'));
  settle();
  auto x = target('a', at('a').address());
  BOOST_TEST(x["State"] == "given_up");
  BOOST_TEST(x["NextTry"].is_null());
  BOOST_TEST(connection('a')["Info"].get<std::string>().find("retry: never")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_target_is_suspended_while_its_host_is_connected) {
  add('a');
  at('a').connect_to({"10.0.0.98"});
  add('b').connect_to(at('a'));
  settle();
  run_for(seconds{10});
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(target('a', at('b').address())["State"] == "suspended");
  // Readers of the Go library's status expect no entry for a suspended target.
  BOOST_TEST(document('a')["Connections"].size() == 1u);
  at('b').stop();
  run_for(milliseconds{100});
  BOOST_TEST(target('a', "10.0.0.98:6783")["State"] != "suspended");
}

// -- figures

BOOST_AUTO_TEST_CASE(figures_grow_with_the_traffic) {
  build("ab");
  auto before = figures('a');
  BOOST_TEST(before["ProtocolVersion"] == 2);
  for (int i = 0; i < 10; ++i)
    at('a').unicast("chan", at('b'), std::string(1'000, 'x'));
  auto after = figures('a');
  auto grown = [&](const char* field) {
    return after[field].get<int>() - before[field].get<int>();
  };
  BOOST_TEST(grown("FramesOut") == 10);
  BOOST_TEST(grown("BytesOut") >= 10'000);
  BOOST_TEST(grown("BytesOut") < 11'000);
  BOOST_TEST(grown("FramesIn") == 0);
}

BOOST_AUTO_TEST_CASE(both_ends_count_the_same_bytes) {
  build("ab");
  at('a').unicast("chan", at('b'), "hello");
  run();
  auto a = figures('a');
  auto b = figures('b');
  BOOST_TEST(a["BytesOut"] == b["BytesIn"]);
  BOOST_TEST(a["BytesIn"] == b["BytesOut"]);
  BOOST_TEST(a["FramesOut"] == b["FramesIn"]);
  BOOST_TEST(a["FramesIn"] == b["FramesOut"]);
}

BOOST_AUTO_TEST_CASE(data_that_waits_for_a_remote_is_shown) {
  build("ab");
  BOOST_TEST(figures('a')["WaitingBytes"] == 0);
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 40; ++i)
    at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x'));
  auto x = figures('a');
  BOOST_TEST(x["WaitingBytes"].get<int>() > 0);
  BOOST_TEST(x["WaitingWriters"].get<int>() > 0);
}

BOOST_AUTO_TEST_CASE(batches_that_wait_for_a_gossiper_are_shown) {
  build("ab");
  at('b').recorded("chan").hold = true;
  at('a').unicast("chan", at('b'), "hello");
  BOOST_TEST(figures('b')["UnansweredBatches"] == 1);
  ask<void>(at('b').gossiper("chan"), answer_all{});
  BOOST_TEST(figures('b')["UnansweredBatches"] == 0);
}

BOOST_AUTO_TEST_CASE(silence_is_measured_from_the_last_arrival) {
  build("ab");
  run_for(seconds{20});
  BOOST_TEST(figures('a')["SilentFor"].get<double>() > 15);
  at('b').unicast("chan", at('a'), "hello");
  BOOST_TEST(figures('a')["SilentFor"].get<double>() <= 2.5);
}

// Both ends must count the same frames: heartbeats, but not refused messages.
BOOST_AUTO_TEST_CASE(frames_out_are_those_that_were_sent) {
  build("ab");
  run_for(minutes{3});
  at('a').broadcast("chan", "word");
  at('a').broadcast("chan", std::string(wire::max_frame_size, 'x'));
  settle();
  BOOST_TEST(at('a').log().has("too_large"));
  auto a = status('a').connections.at(0).traffic;
  auto b = status('b').connections.at(0).traffic;
  BOOST_TEST(a.frames_out == b.frames_in);
  BOOST_TEST(b.frames_out == a.frames_in);
  BOOST_TEST(a.frames_out > 6u); // at least one heartbeat per 30 s
}

BOOST_AUTO_TEST_CASE(connections_are_shown_before_their_introduction) {
  add('a');
  stranger silent{*this, at('a')};
  settle();
  auto x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 1u);
  BOOST_TEST(x.connections[0].remote.is_unknown());
  BOOST_TEST(!x.connections[0].outbound);
  auto shown = connection('a');
  BOOST_TEST(shown["State"] == "pending");
  BOOST_TEST(shown["Info"] == "not introduced yet");
  silent.introduce();
  x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 1u);
  BOOST_TEST(!x.connections[0].remote.is_unknown());
}

BOOST_AUTO_TEST_CASE(a_dial_is_shown_as_one_connection_while_it_goes_on) {
  add('a');
  stranger::options listens;
  listens.letter = 'z';
  stranger mute{*this, listens};
  at('a').connect_to({"10.0.0.122:6783"});
  settle();
  auto all = document('a')["Connections"];
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0]["Outbound"] == true);
  BOOST_TEST(all[0]["Info"] == "not introduced yet");
}

BOOST_AUTO_TEST_CASE(uptime_runs_from_the_start) {
  prepare('a', settings_for('a'));
  run_for(seconds{7});
  BOOST_TEST(status('a').uptime.count() == 0);
  at('a').start();
  run_for(seconds{7});
  BOOST_TEST(document('a')["Uptime"].get<double>() >= 7);
  BOOST_TEST(document('a')["Uptime"].get<double>() < 14);
}

//   a --- b --- c     b has not joined `other`
BOOST_AUTO_TEST_CASE(channels_count_their_messages) {
  build("ab bc");
  at('a').join("other");
  at('c').join("other");
  at('a').unicast("other", at('c'), "hello");
  at('a').unicast("other", at('c'), "hello");
  at('a').broadcast("other", "word");
  settle();
  BOOST_TEST(channel('a', "other")["UnicastsSent"] == 2);
  BOOST_TEST(channel('b', "other")["UnicastsRelayed"] == 2);
  BOOST_TEST(channel('b', "other")["Surrogate"] == true);
  BOOST_TEST(channel('c', "other")["UnicastsReceived"] == 2);
  BOOST_TEST(channel('c', "other")["BroadcastsReceived"] == 1);
  BOOST_TEST(channel('c', "other")["Surrogate"] == false);
  BOOST_TEST(channel('a', "chan")["UnicastsSent"] == 0);
}

BOOST_AUTO_TEST_CASE(lists_are_sorted) {
  build("ab ac ad");
  auto x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 3u);
  BOOST_TEST((x.connections[0].remote < x.connections[1].remote));
  BOOST_TEST((x.connections[1].remote < x.connections[2].remote));
  BOOST_TEST(x.channels[0].name == "chan");
  BOOST_TEST(x.channels[1].name == "topology");
}

BOOST_AUTO_TEST_SUITE_END()
