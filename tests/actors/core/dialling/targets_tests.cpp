#include "tests/actors/core/dialling/targets_fixture.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the rules by which the connection maker dials.
BOOST_FIXTURE_TEST_SUITE(targets_tests, targets_fixture)

// -- the user's wishes

BOOST_AUTO_TEST_CASE(a_wanted_address_is_dialled_at_once_and_once) {
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").state == target_state::attempting));
}

BOOST_AUTO_TEST_CASE(the_default_port_is_added_where_there_is_none) {
  want({"a", "fe80::1"});
  CHECK_DIALS((texts{"[fe80::1]:6783", "a:6783"}));
}

BOOST_AUTO_TEST_CASE(one_bad_address_among_several_changes_nothing) {
  want({"a:1"});
  auto why = xs.want({"b:1", "b:x"}, true, now);
  BOOST_TEST(is(why, errc::bad_address));
  BOOST_TEST(xs.wanted() == texts{"a:1"}, boost::test_tools::per_element());
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(wanted_addresses_are_listed_as_written_and_sorted) {
  want({"b", "[a]:1"});
  want({"a"});
  BOOST_TEST(xs.wanted() == (texts{"[a]:1", "a", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_spellings_of_an_address_are_one_target) {
  want({"a", "a:6783"});
  CHECK_DIALS(texts{"a:6783"});
}

BOOST_AUTO_TEST_CASE(replacing_forgets_the_others) {
  want({"a:1", "b:1"});
  want({"b:1", "c:1"}, true);
  CHECK_DIALS((texts{"b:1", "c:1"}));
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(a_forgotten_address_is_not_dialled) {
  want({"a:1", "b:1"});
  xs.forget({"a:1", "never:1"});
  CHECK_DIALS(texts{"b:1"});
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(an_address_is_forgotten_as_it_was_written_or_is_listed) {
  want({"a", "b", "c"});
  xs.forget({"a", "b:6783"});
  CHECK_DIALS(texts{"c:6783"});
}

BOOST_AUTO_TEST_CASE(an_address_to_forget_that_does_not_parse_changes_nothing) {
  want({"a:1"});
  BOOST_TEST(is(xs.forget({"a:1", "a:b:c"}), errc::bad_address));
  BOOST_TEST(xs.wanted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgetting_lets_a_running_attempt_finish) {
  want({"a:1"});
  go();
  xs.forget({"a:1"});
  go();
  BOOST_TEST(knows("a:1"));
  fail("a:1");
  go();
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(naming_an_address_again_dials_it_at_once) {
  want({"a:1"});
  go();
  fail("a:1");
  CHECK_DIALS(nothing);
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
  fail("a:1");
  BOOST_TEST((view_of("a:1").interval == 3s));
}

BOOST_AUTO_TEST_CASE(naming_a_connected_address_again_does_not_dial_it) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  want({"a:1"});
  CHECK_DIALS(nothing);
}

// -- connections

BOOST_AUTO_TEST_CASE(a_connected_target_is_not_dialled) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  now += 1h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").state == target_state::connected));
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(the_remote_address_of_a_connection_is_not_dialled) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(without_a_port_an_inbound_connection_suffices) {
  want({"10.0.0.1", "10.0.0.2:6783"});
  connect("", "10.0.0.1:40000");
  connect("", "10.0.0.2:40000");
  CHECK_DIALS(texts{"10.0.0.2:6783"});
  BOOST_TEST((view_of("10.0.0.1:6783").state == target_state::suspended));
}

BOOST_AUTO_TEST_CASE(an_outbound_connection_does_not_count_as_inbound) {
  want({"10.0.0.1:1"});
  go();
  connect("10.0.0.1:1", "10.0.0.1:1");
  want({"10.0.0.1"});
  CHECK_DIALS(texts{"10.0.0.1:6783"});
}

BOOST_AUTO_TEST_CASE(a_suspended_target_is_dialled_when_the_inbound_ends) {
  want({"10.0.0.1"});
  auto id = connect("", "10.0.0.1:40000");
  CHECK_DIALS(nothing);
  BOOST_TEST(!xs.next_due());
  end(id, "");
  CHECK_DIALS(texts{"10.0.0.1:6783"});
}

BOOST_AUTO_TEST_CASE(an_inbound_connection_from_a_resolved_host_suffices) {
  want({"a"});
  go();
  xs.attempt_resolved("a:6783", {"10.0.0.1", "fe80::1"}, now);
  fail("a:6783");
  connect("", "[fe80::1]:40000");
  now += 1h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:6783").state == target_state::suspended));
}

BOOST_AUTO_TEST_CASE(a_connection_shows_to_which_host_a_name_resolves) {
  want({"a"});
  go();
  end(connect("a:6783", "10.0.0.1:6783"), "a:6783");
  connect("", "10.0.0.1:40000");
  now += 1h;
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(ended_connections_are_counted_except_those_to_ourselves) {
  want({"a:1"});
  go();
  end(connection_id{1}, "a:1", errc::connected_to_self);
  BOOST_TEST(xs.ended() == 0u);
  end(connection_id{2}, "", errc::malformed);
  end(connection_id{3}, "a:1", errc::name_collision);
  BOOST_TEST(xs.ended() == 2u);
}

// -- the connection limit

BOOST_AUTO_TEST_CASE(without_room_nothing_is_dialled) {
  want({"a:1"});
  room = 0;
  CHECK_DIALS(nothing);
  BOOST_TEST(!xs.next_due());
  room = 1;
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(running_attempts_take_up_room) {
  want({"a:1", "b:1", "c:1"});
  room = 2;
  CHECK_DIALS((texts{"a:1", "b:1"}));
  CHECK_DIALS(nothing);
  fail("a:1");
  CHECK_DIALS(texts{"c:1"});
}

BOOST_AUTO_TEST_CASE(little_room_goes_to_the_users_addresses_first) {
  discovered = {"10.0.0.1:1"};
  want({"z:1"});
  room = 1;
  CHECK_DIALS(texts{"z:1"});
}

BOOST_AUTO_TEST_CASE(little_room_goes_to_each_target_in_turn) {
  discovered = {"10.0.0.1:1", "10.0.0.2:1"};
  room = 1;
  CHECK_DIALS(texts{"10.0.0.1:1?"});
  now += 1s;
  fail("10.0.0.1:1");
  now += 1h;
  CHECK_DIALS(texts{"10.0.0.2:1?"});
}

// -- views

BOOST_AUTO_TEST_CASE(the_next_due_time_is_the_earliest_retry) {
  want({"a:1", "b:1"});
  go();
  fail("a:1");
  fail("b:1");
  auto earliest = std::min(delay_of("a:1"), delay_of("b:1"));
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + earliest));
}

BOOST_AUTO_TEST_CASE(the_status_shows_errors_and_origin_sorted) {
  want({"b:1"});
  discovered = {"10.0.0.1:1"};
  go();
  fail("b:1");
  auto all = xs.status();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].address == "10.0.0.1:1");
  BOOST_TEST(!all[0].direct);
  BOOST_TEST(!all[0].next_try);
  BOOST_TEST(all[1].direct);
  BOOST_TEST(is(all[1].last_error, errc::socket_failed));
}

BOOST_AUTO_TEST_CASE(states_have_names) {
  BOOST_TEST(to_string(target_state::waiting) == std::string{"waiting"});
  BOOST_TEST(to_string(target_state::suspended) == std::string{"suspended"});
}

BOOST_AUTO_TEST_CASE(once_all_are_dialled_nothing_is_due) {
  targets::options opts;
  opts.discovered_burst = 1;
  opts.discovered_interval = 100ms;
  xs = targets{opts};
  discovered = {"10.0.0.1:1", "10.0.0.2:1"};
  CHECK_DIALS(texts{"10.0.0.1:1?"});
  BOOST_TEST_REQUIRE(!!xs.next_due());
  now = *xs.next_due();
  CHECK_DIALS(texts{"10.0.0.2:1?"});
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_SUITE_END()
