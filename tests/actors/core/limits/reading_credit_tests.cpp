#include "actors/core/limits/reading_credit.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of what a connection does about a slow channel.
namespace {

constexpr std::size_t kib = 1024;

struct fixture {
  instant now{1h};
  reading_credit credit;
  reading_credit::channel slow;
  reading_credit::channel other;

  void fill(reading_credit::channel& x, std::size_t size = 64 * kib) {
    while (!x.is_out_of_credit())
      credit.batch_sent(x, size, now);
  }
  void use(reading_credit::channel& x) {
    credit.batch_sent(x, 1, now);
    credit.answered(x, 1, now);
  }
  /// Pauses until the pause is too long. Checks this at intervals, as a
  /// connection does.
  /// @returns how long the pause lasted
  duration pause() {
    auto begin = now;
    while (!credit.is_too_long(now))
      now += reading_credit::check_interval;
    return now - begin;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reading_credit_tests, fixture)

BOOST_AUTO_TEST_CASE(reading_pauses_while_a_channel_is_out_of_credit) {
  for (int i = 0; i < 3; ++i)
    credit.batch_sent(slow, 256 * kib, now);
  BOOST_TEST(credit.may_read());
  credit.batch_sent(slow, 256 * kib, now);
  BOOST_TEST(!credit.may_read());
  credit.answered(slow, 256 * kib, now);
  BOOST_TEST(credit.may_read());
}

BOOST_AUTO_TEST_CASE(a_burst_of_small_batches_is_no_reason_to_pause) {
  for (int i = 0; i < 63; ++i)
    credit.batch_sent(slow, 100, now);
  BOOST_TEST(credit.may_read());
  credit.batch_sent(slow, 100, now);
  BOOST_TEST(!credit.may_read());
}

BOOST_AUTO_TEST_CASE(a_channel_that_never_answers_is_bypassed_until_it_does) {
  fill(slow);
  BOOST_TEST((pause() <= 700ms));
  credit.bypass(slow, now);
  BOOST_TEST(credit.may_read());
  BOOST_TEST(slow.is_bypassed());
  credit.answered(slow, 64 * kib, now);
  BOOST_TEST(!slow.is_bypassed());
  BOOST_TEST(credit.may_read());
}

BOOST_AUTO_TEST_CASE(with_other_channels_a_pause_is_short) {
  use(other);
  fill(slow);
  BOOST_TEST((pause() <= 100ms));
}

// In each round, the connection reads 64 KiB, which earns it a pause of 4 ms.
// It then tries to pause for 190 ms.
BOOST_AUTO_TEST_CASE(with_other_channels_pauses_use_up_the_time_earned) {
  auto paused = duration::zero();
  auto begin = now;
  while (now - begin < 100s) {
    credit.read(64 * kib);
    use(other);
    fill(slow);
    auto until = now + 190ms;
    while (now < until && !credit.is_too_long(now)) {
      now += 10ms;
      paused += 10ms;
    }
    if (now < until)
      credit.bypass(slow, now);
    now = until;
    credit.answered(slow, 64 * kib, now);
  }
  BOOST_TEST((paused < 10s));
}

BOOST_AUTO_TEST_CASE(without_others_a_channel_may_slow_its_senders_for_ever) {
  for (int i = 0; i < 1'000; ++i) {
    credit.read(64 * kib);
    fill(slow);
    now += 190ms;
    BOOST_TEST_REQUIRE(!credit.is_too_long(now));
    credit.answered(slow, 64 * kib, now);
  }
}

BOOST_AUTO_TEST_CASE(fast_channels_may_pause_reading_beside_each_other) {
  for (int i = 0; i < 1'000; ++i) {
    credit.read(512 * kib);
    fill(slow);
    fill(other);
    now += 10ms;
    BOOST_TEST_REQUIRE(!credit.is_too_long(now));
    credit.answered(slow, 64 * kib, now);
    credit.answered(other, 64 * kib, now);
  }
}

BOOST_AUTO_TEST_CASE(a_pause_for_two_channels_counts_once) {
  fill(other);
  fill(slow);
  now += 40ms;
  credit.answered(slow, 64 * kib, now);
  BOOST_TEST(!credit.may_read());
  now += 20ms;
  credit.answered(other, 64 * kib, now);
  BOOST_TEST(credit.may_read());
  // The first pause used 60 of the 100 ms that the connection may spend in
  // pauses.
  fill(slow);
  now += 39ms;
  BOOST_TEST(!credit.is_too_long(now));
  now += 1ms;
  BOOST_TEST(credit.is_too_long(now));
}

BOOST_AUTO_TEST_CASE(many_channels_together_have_credit_for_one_batch_each) {
  std::vector<reading_credit::channel> all(100);
  std::size_t at_once = 0;
  for (auto& x : all) {
    while (!x.is_out_of_credit() && at_once < 100) {
      credit.batch_sent(x, 512 * kib, now);
      ++at_once;
      if (at_once > 16)
        BOOST_TEST_REQUIRE(x.is_out_of_credit());
    }
    if (x.is_out_of_credit())
      credit.bypass(x, now);
  }
  for (auto& x : all)
    while (x.is_bypassed())
      credit.answered(x, 512 * kib, now);
  BOOST_TEST(credit.may_read());
}

BOOST_AUTO_TEST_CASE(a_channel_counts_as_used_for_a_while) {
  use(other);
  now += reading_credit::recent_use - 1ms - reading_credit::shared.longest;
  fill(slow);
  BOOST_TEST((pause() == 100ms));
  BOOST_TEST((reading_credit::recent_use == 10s));
}

BOOST_AUTO_TEST_CASE(a_channel_that_was_used_long_ago_counts_no_more) {
  use(other);
  now += reading_credit::recent_use;
  fill(slow);
  BOOST_TEST((pause() == 700ms));
}

BOOST_AUTO_TEST_CASE(the_topology_is_no_other_channel) {
  auto topology = reading_credit::channel::of_topology();
  use(topology);
  fill(slow);
  BOOST_TEST((pause() == 700ms));
}

BOOST_AUTO_TEST_CASE(answered_batches_are_not_counted) {
  use(slow);
  BOOST_TEST(credit.unanswered() == 0u);
}

// -- holds

BOOST_AUTO_TEST_CASE(beside_others_a_slow_channel_is_held_once_instead) {
  credit.remote_takes_holds();
  use(other);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(!credit.batch_sent(slow, 100 * kib, now));
  BOOST_TEST(credit.batch_sent(slow, 100 * kib, now));
  BOOST_TEST(slow.is_held());
  BOOST_TEST(credit.may_read());
  BOOST_TEST(!credit.batch_sent(slow, 100 * kib, now));
  BOOST_TEST(!credit.answered(slow, 100 * kib, now));
  BOOST_TEST(credit.answered(slow, 100 * kib, now));
  BOOST_TEST(!slow.is_held());
  BOOST_TEST(!credit.answered(slow, 100 * kib, now));
}

BOOST_AUTO_TEST_CASE(alone_a_slow_channel_is_not_held) {
  credit.remote_takes_holds();
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!credit.batch_sent(slow, 100 * kib, now));
  BOOST_TEST(!credit.may_read());
  BOOST_TEST(!slow.is_held());
}

BOOST_AUTO_TEST_CASE(a_remote_that_cannot_hold_is_not_asked_to) {
  use(other);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!credit.batch_sent(slow, 100 * kib, now));
  BOOST_TEST(!credit.may_read());
}

BOOST_AUTO_TEST_CASE(the_topology_is_not_held) {
  credit.remote_takes_holds();
  auto topology = reading_credit::channel::of_topology();
  use(slow);
  use(other);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!credit.batch_sent(topology, 100 * kib, now));
  BOOST_TEST(!credit.may_read());
}

BOOST_AUTO_TEST_CASE(a_held_channel_has_room_for_what_is_on_its_way) {
  credit.remote_takes_holds();
  use(other);
  const auto all = reading_credit::overdraft.bytes;
  for (std::size_t sent = 0; sent < all - 64 * kib; sent += 64 * kib)
    credit.batch_sent(slow, 64 * kib, now);
  BOOST_TEST(credit.may_read());
  credit.batch_sent(slow, 64 * kib, now);
  BOOST_TEST(!credit.may_read());
  credit.answered(slow, 64 * kib, now);
  BOOST_TEST(credit.may_read());
  BOOST_TEST(slow.is_held());
}

BOOST_AUTO_TEST_CASE(a_held_channel_has_room_for_a_number_of_batches) {
  credit.remote_takes_holds();
  use(other);
  for (std::size_t i = 1; i < reading_credit::overdraft.batches; ++i)
    credit.batch_sent(slow, 1, now);
  BOOST_TEST(credit.may_read());
  credit.batch_sent(slow, 1, now);
  BOOST_TEST(!credit.may_read());
}

BOOST_AUTO_TEST_CASE(pauses_use_up_the_time_until_reading_earns_more) {
  for (auto others : {false, true}) {
    const auto limit = others ? reading_credit::shared : reading_credit::alone;
    credit = {};
    slow = {};
    other = {};
    auto pause_of = [&](duration time) {
      if (others)
        use(other);
      fill(slow, 1);
      now += time;
      auto result = credit.is_too_long(now);
      while (slow.is_out_of_credit())
        credit.answered(slow, 1, now);
      return result;
    };
    BOOST_TEST(!pause_of(limit.longest - 1ms));
    BOOST_TEST(pause_of(1ms));
    // These bytes earn a pause of 20 ms.
    credit.read(limit.least_rate / 50);
    BOOST_TEST(!pause_of(19ms));
    BOOST_TEST(pause_of(1ms));
  }
  BOOST_TEST(reading_credit::alone.least_rate == 128 * kib);
  BOOST_TEST(reading_credit::shared.least_rate == 16 * 1024 * kib);
}

BOOST_AUTO_TEST_CASE(with_many_bytes_in_all_channels_one_batch_is_the_limit) {
  credit.batch_sent(other, reading_credit::many_bytes - 1, now);
  BOOST_TEST(!other.is_out_of_credit());
  credit.batch_sent(slow, 1, now);
  BOOST_TEST(slow.is_out_of_credit());
}

BOOST_AUTO_TEST_SUITE_END()
