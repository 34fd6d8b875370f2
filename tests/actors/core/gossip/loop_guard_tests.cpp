#include "actors/core/gossip/loop_guard.hpp"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  bool passes(const std::string& text, unsigned from) {
    return guard.may_pass(byte_view{text}, peer_name::from_number(from), now,
                          bytes);
  }
  /// Gives the guard the message "x" from a neighbour while routes change.
  /// Returns whether it may be passed on.
  bool passes_while_routes_change(unsigned from) {
    return guard.may_pass(byte_view{"x"}, peer_name::from_number(from), now,
                          bytes, [this] { return sender; });
  }
  int passed_of_300(unsigned from) {
    int result = 0;
    for (int i = 0; i < 300; ++i)
      result += passes_while_routes_change(from) ? 1 : 0;
    return result;
  }

  loop_guard::compared bytes = loop_guard::compared::all;
  loop_guard guard{42};
  instant now = instant{} + 100h;
  expected_sender sender;
};

const auto first = peer_name::from_number(1);
const auto second = peer_name::from_number(2);

} // namespace

BOOST_FIXTURE_TEST_SUITE(loop_guard_tests, fixture)

BOOST_AUTO_TEST_CASE(a_message_from_a_second_neighbour_is_not_passed_on) {
  BOOST_TEST(passes("x", 1));
  now += 1s;
  BOOST_TEST(!passes("x", 2));
  BOOST_TEST(!passes("x", 2));
  BOOST_TEST(!passes("x", 3));
}

BOOST_AUTO_TEST_CASE(a_neighbour_may_repeat_itself) {
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(passes("x", 1));
    now += 100ms;
  }
}

BOOST_AUTO_TEST_CASE(repetitions_are_limited_while_routes_change) {
  // The first copy, and 16 repetitions.
  for (int round = 0; round < 2; ++round) {
    BOOST_TEST(passed_of_300(1) == 17);
    BOOST_TEST(passes("x", 1));
    BOOST_TEST(!passes("x", 2));
    now += loop_guard::memory + 2ms;
  }
  sender = {first, std::nullopt, false};
  BOOST_TEST(passed_of_300(1) == 17);
}

BOOST_AUTO_TEST_CASE(a_few_unicasts_may_come_on_new_ways_while_routes_change) {
  sender.is_any = true;
  BOOST_TEST(passed_of_300(1) == 300);
  BOOST_TEST(passes_while_routes_change(2));
  // From now on, all copies count, whichever way they take.
  BOOST_TEST(passes_while_routes_change(1));
  BOOST_TEST(passed_of_300(2) + passed_of_300(3) == 14);
  BOOST_TEST(!passes("x", 1));
}

// The bytes of many other messages take the places of earlier ones.
BOOST_AUTO_TEST_CASE(of_more_messages_than_it_keeps_some_may_go_round) {
  for (std::size_t i = 0; i < 4 * loop_guard::most; ++i)
    passes(std::to_string(i), 1);
  int forgotten = 0;
  for (std::size_t i = 0; i < loop_guard::most; ++i)
    forgotten += passes(std::to_string(i), 2) ? 1 : 0;
  BOOST_TEST(forgotten > 0);
}

BOOST_AUTO_TEST_CASE(the_steady_sender_repeats_as_often_as_it_likes) {
  sender = {first, std::nullopt, true};
  BOOST_TEST(passed_of_300(1) == 300);
  BOOST_TEST(passed_of_300(2) == 0);
  // The 300 messages of neighbour 1, the steady sender, do not count against
  // its limit.
  sender.is_steady = false;
  BOOST_TEST(passed_of_300(1) == 16);
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_is_not_the_sender_repeats_a_few_times) {
  sender = {second, std::nullopt, true};
  BOOST_TEST(passed_of_300(1) == 17);
}

BOOST_AUTO_TEST_CASE(a_few_copies_may_come_from_a_new_sender) {
  sender = {first, std::nullopt, true};
  BOOST_TEST(passed_of_300(1) == 300);
  sender = {second, first, false};
  BOOST_TEST(passed_of_300(2) == 16);
  BOOST_TEST(passed_of_300(1) == 0);
  now += loop_guard::memory + 2ms;
  sender.is_steady = true;
  BOOST_TEST(passed_of_300(2) == 300);
}

BOOST_AUTO_TEST_CASE(a_circle_ends_though_the_sender_keeps_changing) {
  int passed = 0;
  for (unsigned i = 0; i < 300; ++i) {
    sender = {i % 2 == 0 ? first : second, i % 2 == 0 ? second : first, false};
    passed += passes_while_routes_change(1 + i % 2) ? 1 : 0;
  }
  BOOST_TEST(passed == 17);
}

// By our routes, neighbour 2 is the sender, but the first copy came from
// neighbour 1. So a copy from 2 may be one that we passed on ourselves.
BOOST_AUTO_TEST_CASE(a_circle_that_others_began_is_noticed) {
  sender = {second, peer_name::from_number(3), false};
  BOOST_TEST(passes_while_routes_change(1));
  BOOST_TEST(passed_of_300(2) == 0);
  sender = {second, std::nullopt, true};
  BOOST_TEST(passed_of_300(2) == 0);
}

// The sender changed from neighbour 1 to 2 so long ago that nothing is still on
// its way by the old route. So a message that comes first from 1 and then from
// 2 has gone round a loop.
BOOST_AUTO_TEST_CASE(a_change_of_the_sender_long_ago_excuses_no_circle) {
  sender = {second, first, true};
  BOOST_TEST(passes_while_routes_change(1));
  BOOST_TEST(passed_of_300(2) == 0);
}

BOOST_AUTO_TEST_CASE(a_message_is_forgotten_after_a_moment) {
  BOOST_TEST(passes("x", 1));
  now += loop_guard::memory + 2ms;
  BOOST_TEST(passes("x", 2));
}

BOOST_AUTO_TEST_CASE(messages_that_differ_in_one_byte_are_different) {
  for (std::size_t size : {1u, 7u, 8u, 9u, 15u, 16u, 17u, 64u, 1000u, 1024u}) {
    std::string text(size, 'a');
    BOOST_TEST(passes(text, 1));
    for (std::size_t i = 0; i < size; ++i) {
      auto other = text;
      other[i] = 'b';
      BOOST_TEST(passes(other, 2));
      now += loop_guard::memory + 2ms;
      passes(text, 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(messages_of_different_sizes_are_different) {
  for (std::size_t size = 1; size < 100; ++size)
    BOOST_TEST(passes(std::string(size, '\0'), static_cast<unsigned>(size)));
}

BOOST_AUTO_TEST_CASE(long_messages_are_recognised) {
  std::string text(1'000'000, 'a');
  BOOST_TEST(passes(text, 1));
  BOOST_TEST(!passes(text, 2));
  text.back() = 'b';
  BOOST_TEST(passes(text, 2));
}

BOOST_AUTO_TEST_CASE(hardly_any_message_is_forgotten_because_of_another) {
  int forgotten = 0;
  for (int i = 0; i < 1000; ++i) {
    for (int j = 0; j < 3; ++j)
      passes(std::to_string(10 * i + j), 1);
    for (int j = 0; j < 3; ++j)
      forgotten += passes(std::to_string(10 * i + j), 2) ? 1 : 0;
    now += loop_guard::memory + 2ms;
  }
  BOOST_TEST(forgotten == 0);
}

BOOST_AUTO_TEST_CASE(many_messages_take_bounded_memory) {
  for (int i = 0; i < 200'000; ++i)
    passes(std::to_string(i), 1);
  BOOST_TEST(guard.size() == loop_guard::most * 16);
  int noticed = 0;
  for (int i = 199'000; i < 200'000; ++i)
    noticed += passes(std::to_string(i), 2) ? 0 : 1;
  BOOST_TEST(noticed > 900);
  guard.relax(now + 1h);
  BOOST_TEST(guard.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_few_messages_take_little_memory) {
  for (int i = 0; i < 1000; ++i) {
    passes(std::to_string(i), 1);
    now += 1s;
  }
  BOOST_TEST(guard.size() <= 4096u);
}

BOOST_AUTO_TEST_CASE(memory_of_which_a_sixteenth_was_not_needed_is_released) {
  auto begin_window = [this] {
    now += loop_guard::memory + 2ms;
    passes("first", 1);
  };
  auto size_after_a_window_of = [&](int count) {
    for (int i = 1; i < count; ++i)
      passes(std::to_string(i), 1);
    begin_window();
    return guard.size();
  };
  begin_window();
  size_after_a_window_of(100);
  const auto grown = guard.size();
  BOOST_TEST(grown == 512u * 16);
  BOOST_TEST(size_after_a_window_of(512 / 16) == grown);
  BOOST_TEST(size_after_a_window_of(512 / 16 - 1) < grown);
}

BOOST_AUTO_TEST_CASE(long_messages_that_differ_anywhere_are_different) {
  for (std::size_t size : {1025u, 1087u, 1088u, 1089u, 2000u}) {
    std::string text(size, 'a');
    passes(text, 1);
    for (std::size_t i = 0; i < size; ++i) {
      auto other = text;
      other[i] = 'b';
      BOOST_TEST(passes(other, 2), "byte " << i << " of " << size);
      now += loop_guard::memory + 2ms;
      passes(text, 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(blocks_of_a_long_message_that_change_places_are_noticed) {
  std::string text(4096, 'a');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>('a' + i / 16 % 26);
  passes(text, 1);
  for (std::size_t to : {16u, 32u, 48u, 64u, 2048u}) {
    auto other = text;
    std::swap_ranges(other.begin(), other.begin() + 16, other.begin() + to);
    BOOST_TEST(passes(other, 2), "block at " << to);
  }
}

// Changes one byte in each part that the digest covers. In a long message,
// these are 16 evenly spaced parts of 64 bytes. The first is at the beginning
// of the message and the last at its end.
BOOST_AUTO_TEST_CASE(long_messages_that_differ_in_a_part_are_different) {
  bytes = loop_guard::compared::parts;
  const std::size_t size = 100'000;
  for (std::size_t i = 0; i < 16; ++i) {
    std::string text(size, 'a');
    passes(text, 1);
    text[i * (size - 64) / 15 + i] = 'b';
    BOOST_TEST(passes(text, 2), "part " << i);
    now += loop_guard::memory + 2ms;
  }
}

// The guard stores times in milliseconds, as 32-bit numbers.
BOOST_AUTO_TEST_CASE(nothing_is_forgotten_when_milliseconds_wrap_around) {
  now = instant{} + std::chrono::milliseconds{4'294'967'296} - 100ms;
  for (int i = 0; i < 8; ++i)
    BOOST_TEST(passes(std::to_string(i), 1));
  now += 200ms;
  for (int i = 8; i < 16; ++i)
    BOOST_TEST(passes(std::to_string(i), 1));
  for (int i = 0; i < 16; ++i)
    BOOST_TEST(!passes(std::to_string(i), 2));
}

BOOST_AUTO_TEST_CASE(a_message_seen_as_milliseconds_wrap_around_is_remembered) {
  now = instant{} + std::chrono::milliseconds{4'294'967'296};
  BOOST_TEST(passes("x", 1));
  BOOST_TEST(!passes("x", 2));
}

BOOST_AUTO_TEST_CASE(memory_grows_once_a_quarter_is_used_and_forgets_little) {
  for (int i = 0; i < 16; ++i)
    passes(std::to_string(i), 1);
  BOOST_TEST(guard.size() == 64u * 16);
  for (int i = 16; i < 65; ++i)
    passes(std::to_string(i), 1);
  BOOST_TEST(guard.size() == 512u * 16);
  int noticed = 0;
  for (int i = 0; i < 65; ++i)
    noticed += passes(std::to_string(i), 2) ? 0 : 1;
  BOOST_TEST(noticed > 50);
}

BOOST_AUTO_TEST_SUITE_END()
