#include <optional>

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "tests/support/closing_reports.hpp"
#include "tests/support/overlaid_mesh.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of which closed connections the topology reports. Only a connection
// that the remote closed can show that the remote's process has ended.
namespace {

struct fixture : overlaid_mesh {
  fixture() {
    connect_two();
    told.emplace(*this, at('a'));
  }

  void end_overlay(char letter, const caf::error& why) {
    caf_version::tell_to_end(
      caf::actor_cast<caf::actor_addr>(seen(letter).latest().connection), why);
    run();
  }

  std::optional<closing_reports> told;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(closed_connections_tests, fixture)

BOOST_AUTO_TEST_CASE(an_end_by_the_remote_is_reported) {
  end_overlay('b', make_error(errc::timed_out, "at b"));
  BOOST_TEST(told->reports == 1u);
}

BOOST_AUTO_TEST_CASE(an_end_of_our_own_overlay_is_not_reported) {
  end_overlay('a', make_error(errc::connection_closed, "by the overlay"));
  BOOST_TEST(seen('a').count_ended() == 1u);
  BOOST_TEST(told->reports == 0u);
}

BOOST_AUTO_TEST_CASE(a_report_is_withdrawn_when_the_peer_connects_again) {
  end_overlay('b', make_error(errc::timed_out, "at b"));
  BOOST_TEST(told->withdrawals == 0u);
  settle();
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(told->withdrawals == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
