#include "actors/core/dialling/attempt.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of one attempt to reach a target: in which order and when it dials the
// target's addresses.
namespace {

struct fixture {
  instant now{12h};
  attempt xs{{"a", "b", "c"}, now};

  std::string due() {
    auto x = xs.take_due(now);
    return x ? x->address + std::to_string(x->password) : "none";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(attempt_tests, fixture)

BOOST_AUTO_TEST_CASE(each_address_has_a_head_start) {
  BOOST_TEST(due() == "a0");
  BOOST_TEST(due() == "none");
  BOOST_TEST((xs.next_due() == now + attempt::head_start));
  now += attempt::head_start;
  BOOST_TEST(due() == "b0");
  now += attempt::head_start;
  BOOST_TEST(due() == "c0");
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(a_failure_ends_the_head_start) {
  due();
  xs.failed("a", now);
  BOOST_TEST(due() == "b0");
}

BOOST_AUTO_TEST_CASE(a_failure_reported_twice_ends_one_head_start) {
  due();
  xs.failed("a", now);
  due();
  xs.failed("a", now);
  BOOST_TEST(due() == "none");
}

BOOST_AUTO_TEST_CASE(the_next_password_comes_before_the_next_address) {
  due();
  xs.failed_with_password({"a", 0}, now);
  BOOST_TEST(due() == "a1");
}

BOOST_AUTO_TEST_CASE(an_attempt_is_over_when_all_addresses_have_failed) {
  for (const auto* address : {"a", "b", "c"}) {
    BOOST_TEST(!xs.is_over());
    due();
    BOOST_TEST(!xs.is_over());
    xs.failed(address, now);
  }
  BOOST_TEST(xs.is_over());
}

BOOST_AUTO_TEST_CASE(
  a_name_with_many_addresses_costs_a_limited_number_of_dials) {
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back(std::to_string(i));
  xs = attempt{many, now};
  std::size_t dials = 0;
  for (; due() != "none"; now += attempt::head_start)
    ++dials;
  BOOST_TEST(dials == attempt::most_addresses);
}

BOOST_AUTO_TEST_SUITE_END()
