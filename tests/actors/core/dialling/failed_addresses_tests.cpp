#include "actors/core/dialling/failed_addresses.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of `failed_addresses`, which remembers failed dials and puts the
// addresses of a name in the order in which to dial them.
namespace {

using texts = std::vector<std::string>;

struct fixture {
  instant now{12h};
  failed_addresses xs;

  void fail(const std::string& address, errc why = errc::socket_failed) {
    xs.failed(address, make_error(why, "x"), now);
    now += 1s;
  }
  texts order(const texts& addresses) {
    return xs.in_order(addresses, now);
  }
};

#define CHECK_ORDER(addresses, expected)                                       \
  BOOST_TEST(order(addresses) == (expected), boost::test_tools::per_element())

} // namespace

BOOST_FIXTURE_TEST_SUITE(failed_addresses_tests, fixture)

BOOST_AUTO_TEST_CASE(addresses_keep_their_order_without_duplicates) {
  CHECK_ORDER((texts{"c", "a", "c", "b"}), (texts{"c", "a", "b"}));
}

BOOST_AUTO_TEST_CASE(failed_addresses_come_last_earliest_failure_first) {
  fail("a");
  fail("c");
  fail("b", errc::cannot_open);
  CHECK_ORDER((texts{"b", "a", "c", "d"}), (texts{"d", "a", "c", "b"}));
}

BOOST_AUTO_TEST_CASE(ourselves_and_peers_of_our_name_are_left_out) {
  fail("a", errc::connected_to_self);
  fail("b", errc::name_collision);
  CHECK_ORDER((texts{"a", "b", "c"}), texts{"c"});
  BOOST_TEST(is(xs.why("a"), errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(failures_are_forgotten_in_time) {
  fail("a", errc::connected_to_self);
  now += failed_addresses::memory;
  CHECK_ORDER(texts{"a"}, texts{"a"});
  BOOST_TEST(xs.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_success_redeems_an_address) {
  fail("a");
  xs.succeeded("a");
  CHECK_ORDER((texts{"a", "b"}), (texts{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(the_number_of_remembered_failures_is_bounded) {
  for (std::size_t i = 0; i < 2 * failed_addresses::most; ++i)
    xs.failed(std::to_string(i), make_error(errc::socket_failed), now);
  BOOST_TEST(xs.size() == failed_addresses::most);
}

BOOST_AUTO_TEST_SUITE_END()
