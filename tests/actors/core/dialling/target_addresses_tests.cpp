#include "tests/actors/core/dialling/targets_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of targets whose name stands for several addresses.
BOOST_FIXTURE_TEST_SUITE(target_addresses_tests, targets_fixture)

#define CHECK_TEXTS(got, expected)                                             \
  BOOST_TEST((got) == (expected), boost::test_tools::per_element())

BOOST_AUTO_TEST_CASE(an_address_that_fails_is_followed_by_the_next_at_once) {
  want({"a:1"});
  go();
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.1:1"});
  CHECK_TEXTS(dial(), nothing);
  fail_at("a:1", "10.0.0.1:1");
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
  BOOST_TEST((view_of("a:1").state == target_state::attempting));
  BOOST_TEST(is(view_of("a:1").last_error, errc::socket_failed));
  fail_at("a:1", "10.0.0.2:1");
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
}

BOOST_AUTO_TEST_CASE(
  an_address_that_does_not_answer_delays_the_next_by_250_ms) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + 250ms));
  now += 249ms;
  CHECK_TEXTS(dial(), nothing);
  now += 1ms;
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(a_connection_ends_the_attempt) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  connect("a:1", "10.0.0.1:1");
  now += 1h;
  CHECK_TEXTS(dial(), nothing);
  fail_at("a:1", "10.0.0.2:1"); // a dial that came too late
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

BOOST_AUTO_TEST_CASE(
  after_a_remote_that_is_not_a_peer_the_next_address_is_dialled) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::bad_header);
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(each_password_is_tried_before_the_next_address) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::cannot_open, 0, 2);
  CHECK_TEXTS(dial(), texts{"10.0.0.1:1#1"});
  refuse_at("a:1", "10.0.0.1:1", errc::cannot_open, 1, 2);
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(addresses_that_failed_come_last_in_the_next_attempt) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::bad_header);
  auto id = connect("a:1", "10.0.0.2:1");
  end(id, "a:1");
  now += delay_of("a:1");
  go();
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(our_own_address_is_not_dialled_again_and_the_others_are) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1"});
  refuse_at("a:1", "10.0.0.1:1", errc::connected_to_self);
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1"}), nothing);
  BOOST_TEST(is(view_of("a:1").last_error, errc::connected_to_self));
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(a_target_stays_connected_until_its_last_connection_ends) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  auto first = connect("a:1", "10.0.0.1:1");
  connect("a:1", "10.0.0.2:1");
  end(first, "a:1");
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

BOOST_AUTO_TEST_SUITE_END()
