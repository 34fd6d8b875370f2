#include "tests/actors/connection/dialling_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of dials to host names: when a name is resolved, and which of its
// addresses are dialled.
BOOST_FIXTURE_TEST_SUITE(dialled_names_tests, dialling)

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve_is_tried_again) {
  add('a').connect_to({"seed"});
  BOOST_TEST(at('a').log().has("cannot_resolve"));
  net().name("seed", {add('b').host()});
  run_for(seconds{4});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_name_is_resolved_anew_at_each_attempt) {
  net().name("seed", {"10.0.0.200"});
  add('a').connect_to({"seed"});
  BOOST_TEST(dials(nobody) == 1u);
  net().name("seed", {add('b').host()});
  run_for(seconds{4});
  BOOST_TEST(dials(nobody) == 1u);
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_moves_is_followed_under_its_name) {
  net().name("seed", {add('b').host()});
  add('a').connect_to({"seed"});
  at('b').stop();
  net().name("seed", {add('c').host()});
  run_for(seconds{10});
  BOOST_TEST(at('a').topology() == "a>c c>a");
}

BOOST_AUTO_TEST_CASE(all_addresses_of_a_name_are_tried_in_their_order) {
  net().name("seed", {"10.0.0.200", "10.0.0.201", add('b').host()});
  add('a').connect_to({"seed"});
  BOOST_TEST_REQUIRE(net().dials().size() == 3u);
  BOOST_TEST(net().dials()[0].to == nobody);
  BOOST_TEST(at('a').degree() == 1u);
}

// The name has two addresses, and one is the node's own.
BOOST_AUTO_TEST_CASE(
  a_node_that_names_itself_among_its_seeds_joins_the_others) {
  add('a');
  add('b');
  net().name("seeds", {at('a').host(), at('b').host()});
  at('a').connect_to({"seeds"});
  at('b').connect_to({"seeds"});
  run_for(seconds{1});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_name_that_meant_ourselves_is_resolved_again) {
  add('a');
  net().name("seeds", {at('a').host()});
  at('a').connect_to({"seeds"});
  run_for(seconds{1});
  net().name("seeds", {at('a').host(), add('b').host()});
  run_for(seconds{10});
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(dials(at('a')) == 1u);
}

BOOST_AUTO_TEST_CASE(an_address_that_does_not_answer_hardly_delays_the_next) {
  net().unplug("10.0.0.97", "10.0.0.200");
  net().name("seeds", {"10.0.0.200", add('b').host()});
  add('a').connect_to({"seeds"});
  run_for(milliseconds{250});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_hardly_delays_the_next) {
  auto server = net().listen("10.0.0.200", 6783);
  net().name("seeds", {"10.0.0.200", add('b').host()});
  add('a').connect_to({"seeds"});
  run_for(milliseconds{250});
  BOOST_TEST(at('a').degree() == 1u);
  run_for(seconds{1});
  // Two sockets are the ends of the connection. The third is the server's end
  // of the slower dial, whose other end the node has already closed.
  BOOST_TEST(net().open_sockets() == 3u);
}

BOOST_AUTO_TEST_CASE(another_program_at_the_first_address_is_skipped) {
  auto server = net().listen("10.0.0.200", 6783);
  net().name("seeds", {"10.0.0.200", add('b').host()});
  add('a').connect_to({"seeds"});
  auto client = (*server)->accept();
  BOOST_TEST_REQUIRE(!!*client);
  const std::string answer = "HTTP/1.1 400 Bad Request\r\n";
  (*client)->write(byte_view{answer});
  run();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(at('a').log().count({"[seeds:6783] cannot be reached at "
                                  "10.0.0.200:6783",
                                  "bad_header"})
             == 1u);
}

BOOST_AUTO_TEST_CASE(another_password_at_the_first_address_is_skipped) {
  auto setup = settings_for('b');
  setup.passwords = {"one that is long enough"};
  add('b', setup);
  setup = settings_for('c');
  setup.passwords = {"another that is long enough"};
  add('c', setup);
  net().name("seeds", {at('b').host(), at('c').host()});
  setup = settings_for('a');
  setup.passwords = {"another that is long enough"};
  add('a', setup).connect_to({"seeds"});
  run_for(seconds{1});
  BOOST_TEST(at('a').topology() == "a>c c>a");
}

BOOST_AUTO_TEST_CASE(giving_up_an_address_is_a_warning_once_and_in_the_status) {
  auto& a = add('a');
  a.connect_to(a);
  run_for(minutes{60});
  BOOST_TEST(
    a.log().count({"[10.0.0.97:6783] is given up until", "connected_to_self"})
    == 1u);
  auto status = ask<mesh_status>(a.router(), get_status{});
  BOOST_TEST_REQUIRE(status.value.has_value());
  BOOST_TEST_REQUIRE(status.value->dialling.targets.size() == 1u);
  BOOST_TEST(status.value->dialling.targets[0].state == "given_up");
}

// The name stands for the host of `b`, and `b` has already connected to `a`. A
// dial would only make a second connection.
BOOST_AUTO_TEST_CASE(a_name_is_not_dialled_while_its_host_is_connected) {
  net().name("seed", {"10.0.0.98"});
  add('a').connect_to({"seed"});
  BOOST_TEST(dials("10.0.0.98:6783") == 1u);
  add('b').connect_to(at('a'));
  run_for(minutes{20});
  BOOST_TEST(dials(at('b')) == 1u);
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
