#include "tests/support/skipping.hpp"

#include <boost/test/unit_test.hpp>

// Cases with each outcome, for skipping_tests.
namespace {

bool is_possible(boost::unit_test::test_unit_id) {
  return cafmesh::test::skip("the machine lacks something");
}

} // namespace

BOOST_AUTO_TEST_CASE(passes) {
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(is_skipped, *boost::unit_test::precondition(is_possible)) {
  BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(fails) {
  BOOST_TEST(false);
}
