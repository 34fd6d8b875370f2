#include "tests/actors/node/status_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node's status and of the JSON document made from it.
namespace {

using strings = std::vector<std::string>;

strings keys_of(const ordered_json& x) {
  strings result;
  for (const auto& item : x.items())
    result.push_back(item.key());
  return result;
}

const strings peer_fields{"Name",    "NickName", "UID",
                          "ShortID", "Version",  "Connections"};

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

// The Go library writes `null` for some of these lists when they are empty. We
// write empty lists, so readers need no special case.
BOOST_AUTO_TEST_CASE(an_empty_list_is_not_null) {
  add('a');
  auto x = document('a');
  for (auto field : {"Connections", "Targets", "TrustedSubnets", "DialTargets"})
    BOOST_TEST(x[field] == ordered_json::array(), field);
  BOOST_TEST(x["Peers"][0]["Connections"] == ordered_json::array());
  BOOST_TEST(x["BroadcastRoutes"][0]["Via"] == ordered_json::array());
}

// Like the Go library, cafmesh writes null if no overlay reports anything.
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

// `a` dials `b`, and `b` dials `c`.
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

BOOST_AUTO_TEST_CASE(a_neighbour_without_a_nickname_is_shown_by_its_name) {
  auto setup = settings_for('b');
  setup.nickname.clear();
  add('a').connect_to(add('b', setup));
  settle();
  BOOST_TEST(connection('a')["Info"] == "none   00:00:00:00:00:62");
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
  // A suspended target is not among the connections, because programs that read
  // the Go library's status do not expect it there.
  BOOST_TEST(document('a')["Connections"].size() == 1u);
  at('b').stop();
  run_for(milliseconds{100});
  BOOST_TEST(target('a', "10.0.0.98:6783")["State"] != "suspended");
}

BOOST_AUTO_TEST_SUITE_END()
