#include <algorithm>

#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how fast a node accepts connections from one address, and of how
// many unauthenticated remotes it keeps.
namespace {

struct accepting : mesh {
  std::size_t accepted() {
    return at('a').log().count({"] accepted"});
  }
  socket_ptr knock_from(const std::string& host) {
    auto result = net().open(host, at('a').host(), 6783);
    run();
    return result;
  }
  socket_ptr knock() {
    return net().open(flooder, at('a').host(), 6783);
  }
  void knock(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i)
      callers.push_back(knock());
    run();
  }
  /// Opens 500 silent connections per second, for `time`.
  void flood(duration time) {
    for (auto end = now() + time; now() < end; run_for(milliseconds{20})) {
      callers.erase(std::remove_if(callers.begin(), callers.end(),
                                   [](auto& x) { return !is_open(*x); }),
                    callers.end());
      knock(10);
    }
  }
  /// Whether the stream is still open. Reads and discards what has arrived.
  static bool is_open(stream_socket& x) {
    std::uint8_t bytes[64];
    auto got = x.read(bytes, sizeof(bytes));
    while (got.status == io_status::done)
      got = x.read(bytes, sizeof(bytes));
    return got.status == io_status::not_ready;
  }
  std::size_t open_callers() {
    auto n = std::count_if(callers.begin(), callers.end(),
                           [](auto& x) { return is_open(*x); });
    return static_cast<std::size_t>(n);
  }

  static constexpr auto flooder = "10.0.1.1";
  std::vector<socket_ptr> callers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(acceptor_tests, accepting)

BOOST_AUTO_TEST_CASE(fifty_connections_of_an_address_are_accepted_at_once) {
  add('a');
  knock(70);
  BOOST_TEST(open_callers() == 50u);
}

BOOST_AUTO_TEST_CASE(after_a_burst_one_connection_is_accepted_every_20_ms) {
  add('a');
  knock(70);
  run_for(milliseconds{19});
  knock(1);
  BOOST_TEST(open_callers() == 50u);
  run_for(milliseconds{1});
  knock(1);
  BOOST_TEST(open_callers() == 51u);
}

BOOST_AUTO_TEST_CASE(a_burst_may_arrive_one_connection_at_a_time) {
  add('a');
  for (int i = 0; i < 70; ++i)
    knock(1);
  BOOST_TEST(open_callers() == 50u);
}

BOOST_AUTO_TEST_CASE(a_pause_refills_the_bucket) {
  add('a');
  knock(50);
  run_for(seconds{1});
  knock(70);
  BOOST_TEST(open_callers() == 100u);
}

BOOST_AUTO_TEST_CASE(the_accept_rate_is_a_setting) {
  auto setup = settings_for('a');
  setup.accept_burst = 2;
  setup.accept_interval = seconds{1};
  add('a', setup);
  knock(5);
  BOOST_TEST(open_callers() == 2u);
  run_for(seconds{2});
  knock(5);
  BOOST_TEST(open_callers() == 4u);
}

// -- a flood from one address

BOOST_AUTO_TEST_CASE(a_flood_from_one_address_keeps_no_other_out) {
  add('a');
  flood(seconds{10});
  auto& b = add('b');
  // These connections still wait to be accepted when `b` dials.
  for (int i = 0; i < 500; ++i)
    callers.push_back(knock());
  b.connect_to(at('a'));
  BOOST_TEST(at('a').degree() == 1u);
  flood(seconds{1});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_at_the_flooding_address_can_join) {
  auto& a = add('a');
  flood(seconds{10});
  auto setup = settings_for('b');
  setup.host = flooder;
  setup.retry_max = seconds{2};
  add('b', setup).connect_to(a);
  for (int i = 0; i < 60 && a.degree() == 0; ++i)
    flood(seconds{1});
  BOOST_TEST(a.degree() == 1u);
}

BOOST_AUTO_TEST_CASE(an_address_keeps_no_more_strangers_than_its_share) {
  auto setup = settings_for('a');
  setup.max_strangers_per_address = 7;
  add('a', setup);
  knock(30);
  BOOST_TEST(open_callers() == 7u);
}

BOOST_AUTO_TEST_CASE(the_address_with_most_strangers_makes_room) {
  auto setup = settings_for('a');
  setup.max_strangers = 10;
  add('a', setup);
  auto quiet = knock_from("10.0.2.2");
  knock(30);
  BOOST_TEST(is_open(*quiet));
  BOOST_TEST(open_callers() == 9u);
}

BOOST_AUTO_TEST_CASE(a_flood_leaves_few_lines_in_the_log) {
  add('a');
  flood(minutes{2});
  BOOST_TEST(at('a').log().count({flooder}) < 100u);
  BOOST_TEST(
    at('a').log().count({"more connections in the last minute", "were refused"})
    >= 1u);
}

BOOST_AUTO_TEST_CASE(a_member_that_comes_and_goes_leaves_few_lines) {
  add('a');
  stranger::options who;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    who.uid = peer_uid{i};
    stranger{*this, at('a'), who}.introduce();
    run_for(milliseconds{20});
  }
  const auto& log = at('a').log();
  BOOST_TEST(log.count({"connected, "}) > 90u);
  BOOST_TEST(log.count({"connected, "}) + log.count({"closed: "}) < 300u);
  BOOST_TEST(log.count({"more left out"}) >= 1u);
}

// -- strangers

BOOST_AUTO_TEST_CASE(nobody_is_accepted_before_the_start) {
  auto& a = prepare('a', settings_for('a'));
  knock(1);
  BOOST_TEST(accepted() == 0u);
  a.start();
  BOOST_TEST(accepted() == 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_oldest_stranger_is_closed) {
  auto setup = settings_for('a');
  setup.max_strangers = 3;
  add('a', setup);
  knock(5);
  std::uint8_t byte[64];
  for (std::size_t i = 0; i < 5; ++i) {
    // The header of `a` is still in the stream, so the first read may return
    // it.
    auto got = callers[i]->read(byte, sizeof(byte));
    if (got.status == io_status::done)
      got = callers[i]->read(byte, sizeof(byte));
    BOOST_TEST((got.status == io_status::closed) == (i < 2u), i);
  }
  BOOST_TEST(at('a').log().count({"closed", "stranger_limit"}) == 2u);
}

BOOST_AUTO_TEST_CASE(an_introduced_remote_is_no_stranger) {
  auto setup = settings_for('a');
  setup.max_strangers = 1;
  add('a', setup);
  stranger s{*this, at('a')};
  s.introduce();
  knock(3);
  s.talk();
  BOOST_TEST(!s.is_closed());
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(strangers_that_have_gone_do_not_count) {
  auto setup = settings_for('a');
  setup.max_strangers = 2;
  add('a', setup);
  knock(2);
  callers.clear();
  knock(2);
  BOOST_TEST(at('a').log().count({"stranger_limit"}) == 0u);
}

BOOST_AUTO_TEST_CASE(accepting_pauses_after_a_failure_and_goes_on) {
  add('a');
  net().fail_accepts(1);
  knock(1);
  BOOST_TEST(accepted() == 0u);
  BOOST_TEST(at('a').log().count({"cannot accept"}) == 1u);
  run_for(milliseconds{499});
  BOOST_TEST(accepted() == 0u);
  run_for(milliseconds{1});
  BOOST_TEST(accepted() == 1u);
}

BOOST_AUTO_TEST_CASE(the_address_with_most_makes_room_for_others) {
  add('a');
  auto early = knock_from("10.0.2.1");
  knock(50);
  net().fail_accepts(1);
  auto late = knock_from("10.0.2.2");
  run_for(milliseconds{50});
  BOOST_TEST(open_callers() == 34u);
  BOOST_TEST(is_open(*callers.front()));
  BOOST_TEST(!is_open(*callers.back()));
  BOOST_TEST(is_open(*early));
  BOOST_TEST(is_open(*late));
  BOOST_TEST(at('a').log().count({"cannot accept", "closed connections"})
             == 1u);
}

BOOST_AUTO_TEST_CASE(failures_that_closing_does_not_end_close_no_more) {
  add('a');
  knock(50);
  net().fail_accepts(10);
  auto late = knock_from("10.0.2.2");
  run_for(seconds{6});
  BOOST_TEST(open_callers() == 34u);
  BOOST_TEST(is_open(*late));
}

BOOST_AUTO_TEST_CASE(an_address_with_few_connections_makes_no_room) {
  add('a');
  knock(15);
  net().fail_accepts(5);
  knock(1);
  run_for(seconds{5});
  BOOST_TEST(open_callers() == 16u);
}

BOOST_AUTO_TEST_CASE(failures_do_not_use_up_the_bucket) {
  add('a');
  net().fail_accepts(5);
  knock(20);
  run_for(seconds{5});
  BOOST_TEST(at('a').log().count({"cannot accept"}) == 5u);
  BOOST_TEST(open_callers() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
