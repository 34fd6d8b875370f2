#include "actors/core/gossip/sending_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  // Sends again as soon as the pause is over.
  duration send() {
    auto result = pace.sent(now);
    now += result;
    return result;
  }

  void send_at_once() {
    for (unsigned i = 0; i < sending_pace::at_once; ++i)
      BOOST_TEST((send() == 0s));
  }

  sending_pace pace;
  instant now = instant{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sending_pace_tests, fixture)

BOOST_AUTO_TEST_CASE(a_few_changes_go_at_once) {
  send_at_once();
  BOOST_TEST((send() > 0s));
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_the_longest) {
  send_at_once();
  for (auto pause = sending_pace::shortest; pause < sending_pace::longest;
       pause *= 2)
    BOOST_TEST((send() == pause));
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((send() == sending_pace::longest));
}

BOOST_AUTO_TEST_CASE(after_a_quiet_time_changes_go_at_once_again) {
  send_at_once();
  for (int i = 0; i < 10; ++i)
    send();
  now += sending_pace::quiet - 1us;
  now -= sending_pace::longest;
  BOOST_TEST((send() == sending_pace::longest));
  now += sending_pace::quiet - sending_pace::longest;
  send_at_once();
}

BOOST_AUTO_TEST_SUITE_END()
