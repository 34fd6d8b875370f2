#include "tests/actors/core/dialling/targets_fixture.hpp"

#include <map>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of which addresses from other peers' records are dialled, and how many.
namespace {

std::string host(int i) {
  return "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(discovered_targets_tests, targets_fixture)

// -- discovery

BOOST_AUTO_TEST_CASE(a_discovered_address_may_not_lead_to_a_new_peer) {
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(texts{"10.0.0.1:1?"});
}

BOOST_AUTO_TEST_CASE(a_wanted_and_discovered_address_may_lead_to_a_new_peer) {
  want({"10.0.0.1:1"});
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(texts{"10.0.0.1:1"});
}

BOOST_AUTO_TEST_CASE(discovered_strings_that_are_not_addresses_are_ignored) {
  discovered = {"", "x:y", "10.0.0.1:1\n", "10.0.0.2:2"};
  CHECK_DIALS(texts{"10.0.0.2:2?"});
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_discovered_any_more_is_erased) {
  discovered = {"10.0.0.1:1"};
  go();
  fail("10.0.0.1:1");
  discovered.clear();
  go();
  BOOST_TEST(xs.status().empty());
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(a_discovered_target_is_erased_once_its_connection_ends) {
  discovered = {"10.0.0.1:1"};
  go();
  auto id = connect("10.0.0.1:1", "10.0.0.1:1");
  discovered.clear();
  go();
  BOOST_TEST((view_of("10.0.0.1:1").state == target_state::connected));
  end(id, "10.0.0.1:1");
  go();
  BOOST_TEST(xs.status().empty());
}

BOOST_AUTO_TEST_CASE(discovered_targets_do_not_accumulate) {
  for (int i = 1; i < 1000; ++i) {
    auto address = host(i) + ":1";
    discovered = {address};
    CHECK_DIALS(texts{address + "?"});
    fail(address);
    now += 50ms;
  }
  BOOST_TEST(xs.status().size() == 1u);
}

// -- the addresses that remotes choose

BOOST_AUTO_TEST_CASE(discovered_targets_are_dialled_at_a_limited_rate) {
  for (int i = 1; i <= 1000; ++i)
    discovered.push_back(host(i) + ":1");
  std::size_t dials = 0;
  for (auto end = now + 10s; now < end; now += 10ms)
    for (const auto& address : go()) {
      ++dials;
      fail(address.substr(0, address.size() - 1));
    }
  BOOST_TEST(dials >= 150u);
  BOOST_TEST(dials <= 64u + 10u * 20u);
}

// The addresses are many ports of one host, and then one port of another host.
BOOST_AUTO_TEST_CASE(each_discovered_host_is_dialled_at_a_limited_rate) {
  for (int i = 1; i <= 1000; ++i)
    discovered.push_back("10.0.0.1:" + std::to_string(i));
  discovered.push_back("10.0.0.2:1");
  std::map<std::string, std::size_t> dials;
  for (auto end = now + 10s; now < end; now += 10ms)
    for (const auto& address : go()) {
      ++dials[address.substr(0, 8)];
      fail(address.substr(0, address.size() - 1));
    }
  BOOST_TEST(dials["10.0.0.1"] >= 40u);
  BOOST_TEST(dials["10.0.0.1"] <= 32u + 2u * 10u);
  BOOST_TEST(dials["10.0.0.2"] >= 1u);
}

BOOST_AUTO_TEST_CASE(an_address_that_comes_and_goes_is_dialled_no_more_often) {
  std::size_t dials = 0;
  for (auto end = now + 10s; now < end; now += 50ms) {
    discovered = {"10.0.0.1:1"};
    for (const auto& address : go()) {
      ++dials;
      fail(address.substr(0, address.size() - 1));
    }
    discovered = {};
    go();
  }
  BOOST_TEST(dials <= 32u + 2u * 10u);
}

BOOST_AUTO_TEST_CASE(the_addresses_of_an_ipv6_64_count_as_one_host) {
  for (int i = 1; i <= 50; ++i)
    discovered.push_back("[fd00::1:" + std::to_string(i) + "]:1");
  std::size_t dials = 0;
  for (int i = 0; i < 3; ++i)
    for (const auto& address : go()) {
      ++dials;
      fail(address.substr(0, address.size() - 1));
    }
  BOOST_TEST(dials == 32u);
}

BOOST_AUTO_TEST_CASE(the_user_s_targets_on_one_host_are_not_limited) {
  texts wanted;
  for (int i = 1; i <= 50; ++i)
    wanted.push_back("10.0.0.1:" + std::to_string(i));
  want(wanted);
  BOOST_TEST(go().size() == 50u);
}

BOOST_AUTO_TEST_CASE(discovered_targets_without_a_token_wait_for_a_moment) {
  for (int i = 1; i <= 100; ++i)
    discovered.push_back(host(i) + ":1");
  for (int i = 0; i < 2; ++i)
    for (const auto& address : go())
      fail(address.substr(0, address.size() - 1));
  CHECK_DIALS(nothing);
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + 250ms));
}

BOOST_AUTO_TEST_CASE(discovered_targets_leave_room_for_the_users) {
  for (int i = 1; i <= 100; ++i)
    discovered.push_back(host(i) + ":1");
  room = 64;
  BOOST_TEST(go().size() == 32u); // none of them answers
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_never_added_counts_for_its_target) {
  want({"a:1"});
  go();
  end(connection_id{1}, "a:1", errc::multiple_connections);
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
  BOOST_TEST(is(view_of("a:1").last_error, errc::multiple_connections));
  BOOST_TEST((delay_of("a:1") >= 1s));
}

BOOST_AUTO_TEST_CASE(events_of_unknown_targets_are_ignored) {
  fail("a:1");
  connect("a:1", "10.0.0.1:1");
  end(connection_id{1}, "a:1");
  xs.attempt_resolved("a:1", {"10.0.0.1"}, now);
  BOOST_TEST(xs.status().empty());
}

BOOST_AUTO_TEST_CASE(a_failure_without_an_attempt_is_ignored) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  fail("a:1");
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

BOOST_AUTO_TEST_SUITE_END()
