#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/closing_parts.hpp"
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
    reporter = system().spawn([this](closing_reporter_actor::pointer)
                                -> closing_reporter_actor::behavior_type {
      return {[this](const report_closing&) { ++reports; },
              [this](const withdraw_closing&) {
                ++withdrawals;
              }};
    });
    ask<closing_listener_actor>(
      caf::actor_cast<closing_router_actor>(at('a').router()),
      report_closings_through{reporter});
  }
  ~fixture() {
    caf::anon_send_exit(reporter, caf::exit_reason::user_shutdown);
    run();
  }

  void end_overlay(char letter, const caf::error& why) {
    caf_version::tell_to_end(
      caf::actor_cast<caf::actor_addr>(seen(letter).latest().connection), why);
    run();
  }

  std::size_t reports = 0;
  std::size_t withdrawals = 0;
  closing_reporter_actor reporter;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(closed_connections_tests, fixture)

BOOST_AUTO_TEST_CASE(an_end_by_the_remote_is_reported) {
  end_overlay('b', make_error(errc::timed_out, "at b"));
  BOOST_TEST(reports == 1u);
}

BOOST_AUTO_TEST_CASE(an_end_of_our_own_overlay_is_not_reported) {
  end_overlay('a', make_error(errc::connection_closed, "by the overlay"));
  BOOST_TEST(seen('a').count_ended() == 1u);
  BOOST_TEST(reports == 0u);
}

BOOST_AUTO_TEST_CASE(a_report_is_withdrawn_when_the_peer_connects_again) {
  end_overlay('b', make_error(errc::timed_out, "at b"));
  BOOST_TEST(withdrawals == 0u);
  settle();
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(withdrawals == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
