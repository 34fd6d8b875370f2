#include "actors/core/limits/surrogate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of which channel a node stops relaying when remotes name too many
// channels.
namespace {

struct fixture {
  instant now{1h};
  surrogate_limit channels{4};
  peer_name ann = peer_name::from_number(1);
  peer_name bob = peer_name::from_number(2);
  peer_name eve = peer_name::from_number(3);

  /// Adds a channel.
  /// @returns the channel that had to end to make room; `-` if none had to;
  ///          `no` if there was no room
  std::string add(const std::string& name, peer_name neighbour) {
    now += 1s;
    auto room = channels.add(name, neighbour, now);
    usage = room.usage;
    return !room.usage ? "no" : room.ends.value_or("-");
  }

  channel_usage_ptr usage;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(surrogate_limit_tests, fixture)

BOOST_AUTO_TEST_CASE(a_neighbour_has_room_for_half_and_replaces_its_oldest) {
  BOOST_TEST(add("1", ann) == "-");
  BOOST_TEST(add("2", ann) == "-");
  BOOST_TEST(add("3", ann) == "1");
  BOOST_TEST(add("4", ann) == "2");
  BOOST_TEST(channels.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_recently_used_channel_stays) {
  add("1", ann);
  auto used = usage;
  add("2", ann);
  used->touch(now + 1ms);
  BOOST_TEST(add("3", ann) == "2");
}

BOOST_AUTO_TEST_CASE(the_neighbour_that_named_the_most_makes_room) {
  add("1", ann);
  add("2", ann);
  add("3", bob);
  add("4", eve);
  BOOST_TEST(add("5", bob) == "1");
  BOOST_TEST(channels.size() == 4u);
}

BOOST_AUTO_TEST_CASE(idle_channels_are_found) {
  add("1", ann);
  auto used = usage;
  add("2", bob);
  now += 100s;
  used->touch(now);
  BOOST_TEST((channels.take_idle(90s, now) == std::vector<std::string>{"2"}));
  BOOST_TEST(channels.size() == 1u);
  BOOST_TEST(channels.take_idle(90s, now).empty());
}

BOOST_AUTO_TEST_CASE(a_channel_ceases_to_count_once_removed) {
  add("1", ann);
  add("2", ann);
  channels.remove("1");
  channels.remove("1");
  channels.remove("unknown");
  BOOST_TEST(add("3", ann) == "-");
}

BOOST_AUTO_TEST_CASE(a_flood_of_names_is_slowed_down) {
  surrogate_limit many{1'000};
  std::size_t added = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += 10us;
    if (many.add(std::to_string(i), ann, now).usage)
      ++added;
  }
  // The limit allows a burst of 512 names, and then one more per millisecond.
  // The loop above took one second.
  BOOST_TEST(added >= 1'500u);
  BOOST_TEST(added <= 1'520u);
  BOOST_TEST(many.add("of another", bob, now).usage != nullptr);
}

BOOST_AUTO_TEST_CASE(at_a_hub_a_flood_of_names_is_slower) {
  surrogate_limit many{1'000};
  auto add_for_a_second = [&](std::size_t neighbours) {
    std::size_t added = 0;
    for (int i = 0; i < 10'000; ++i) {
      now += 100us;
      auto name = std::to_string(neighbours) + "/" + std::to_string(i);
      if (many.add(name, ann, now, neighbours).usage)
        ++added;
    }
    return added;
  };
  // The limit allows a burst of 512 names, and 1,000 more in the second that
  // passes. A new channel counts as one name plus one for every four
  // neighbours. With 60 neighbours, that is 16 names, so 1,512 names suffice
  // for 94 channels.
  auto added = add_for_a_second(60);
  BOOST_TEST(added >= 92u);
  BOOST_TEST(added <= 96u);
  BOOST_TEST(add_for_a_second(1'000'000) >= 1u);
}

BOOST_AUTO_TEST_CASE(without_room_no_channel_is_added) {
  surrogate_limit none{0};
  BOOST_TEST(none.add("1", ann, now).usage == nullptr);
}

BOOST_AUTO_TEST_CASE(with_room_for_one_channel_the_next_replaces_it) {
  surrogate_limit one{1};
  one.add("1", ann, now);
  BOOST_TEST(*one.add("2", bob, now).ends == "1");
  BOOST_TEST(one.size() == 1u);
}

BOOST_AUTO_TEST_CASE(half_of_the_room_is_rounded_down_but_at_least_one) {
  for (std::size_t most : {1u, 2u, 3u}) {
    surrogate_limit few{most};
    few.add("1", ann, now);
    BOOST_TEST((few.add("2", ann, now).ends == "1"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
