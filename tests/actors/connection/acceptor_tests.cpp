#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct accepting : mesh {
  std::size_t accepted() {
    return at('a').log().count({"] accepted"});
  }
  socket_ptr knock() {
    return net().open("10.0.1.1", at('a').host(), 6783);
  }
  void knock(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i)
      callers.push_back(knock());
    run();
  }

  std::vector<socket_ptr> callers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(acceptor_tests, accepting)

BOOST_AUTO_TEST_CASE(twenty_are_accepted_at_once) {
  add('a');
  knock(30);
  BOOST_TEST(accepted() == 20u);
}

BOOST_AUTO_TEST_CASE(then_one_each_50_ms) {
  add('a');
  knock(30);
  run_for(milliseconds{49});
  BOOST_TEST(accepted() == 20u);
  run_for(milliseconds{1});
  BOOST_TEST(accepted() == 21u);
  run_for(milliseconds{200});
  BOOST_TEST(accepted() == 25u);
}

BOOST_AUTO_TEST_CASE(twenty_are_accepted_if_they_come_one_by_one) {
  add('a');
  for (int i = 0; i < 30; ++i)
    knock(1);
  BOOST_TEST(accepted() == 20u);
}

BOOST_AUTO_TEST_CASE(rest_fills_the_bucket_again) {
  add('a');
  knock(20);
  run_for(seconds{1});
  knock(30);
  BOOST_TEST(accepted() == 40u);
}

BOOST_AUTO_TEST_CASE(the_rate_is_a_setting) {
  auto setup = settings_for('a');
  setup.accept_burst = 2;
  setup.accept_interval = seconds{1};
  add('a', setup);
  knock(5);
  BOOST_TEST(accepted() == 2u);
  run_for(seconds{2});
  BOOST_TEST(accepted() == 4u);
}

BOOST_AUTO_TEST_CASE(nobody_is_accepted_before_the_start) {
  auto& a = prepare('a', settings_for('a'));
  knock(1);
  BOOST_TEST(accepted() == 0u);
  a.start();
  BOOST_TEST(accepted() == 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_oldest_stranger_goes) {
  auto setup = settings_for('a');
  setup.max_strangers = 3;
  add('a', setup);
  knock(5);
  std::uint8_t byte[64];
  for (std::size_t i = 0; i < 5; ++i) {
    // The header of `a` arrives before the end of the stream.
    auto got = callers[i]->read(byte, sizeof(byte));
    if (got.status == io_status::done)
      got = callers[i]->read(byte, sizeof(byte));
    BOOST_TEST((got.status == io_status::closed) == (i < 2u), i);
  }
  BOOST_TEST(at('a').log().count({"closed", "connection_limit"}) == 2u);
}

BOOST_AUTO_TEST_CASE(who_has_introduced_himself_is_no_stranger) {
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
  BOOST_TEST(at('a').log().count({"connection_limit"}) == 0u);
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

BOOST_AUTO_TEST_CASE(failures_do_not_use_up_the_bucket) {
  add('a');
  net().fail_accepts(5);
  knock(20);
  run_for(seconds{5});
  BOOST_TEST(at('a').log().count({"cannot accept"}) == 5u);
  BOOST_TEST(accepted() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
