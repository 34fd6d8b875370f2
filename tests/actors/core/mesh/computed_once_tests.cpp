#include "actors/core/mesh/computed_once.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(computed_once_tests)

BOOST_AUTO_TEST_CASE(a_value_is_computed_when_it_is_needed_and_never_again) {
  int computed = 0;
  computed_once<std::string> value;
  auto compute = [&] {
    return std::to_string(++computed);
  };
  BOOST_TEST(computed == 0);
  const auto& first = value.get(compute);
  BOOST_TEST(first == "1");
  BOOST_TEST(&value.get(compute) == &first);
  BOOST_TEST(computed == 1);
}

BOOST_AUTO_TEST_CASE(of_two_computed_at_the_same_time_the_first_stays) {
  computed_once<std::string> value;
  const auto& late = value.get([&] {
    value.get([] { return std::string{"early"}; });
    return std::string{"late"};
  });
  BOOST_TEST(late == "early");
}

BOOST_AUTO_TEST_CASE(after_an_exception_it_is_computed_again) {
  computed_once<std::string> value;
  BOOST_CHECK_THROW(value.get([]() -> std::string { throw 1; }), int);
  BOOST_TEST(value.get([] { return std::string{"x"}; }) == "x");
}

BOOST_AUTO_TEST_SUITE_END()
