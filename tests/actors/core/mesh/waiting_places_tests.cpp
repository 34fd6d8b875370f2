#include "actors/core/mesh/waiting_places.hpp"

#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

using rank = waiting_places::rank;

struct fixture {
  waiting_places places;
  std::mt19937_64 rng{1};

  static ip_address ip(const std::string& text) {
    return ip_address::parse(text).value();
  }
  // Adds a connection. Returns the ID of the connection that is left without a
  // place, or 0 if all have one.
  std::uint64_t add(std::uint64_t id, const std::string& from,
                    rank how = rank::elsewhere) {
    auto result = places.add(connection_id{id}, ip(from), how, rng());
    return result ? static_cast<std::uint64_t>(*result) : 0;
  }
  std::uint64_t ask() {
    auto result = places.ask(rng());
    return result ? static_cast<std::uint64_t>(*result) : 0;
  }
  std::uint64_t next() {
    auto result = places.next(rng());
    return result ? static_cast<std::uint64_t>(*result) : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_places_tests, fixture)

BOOST_AUTO_TEST_CASE(those_from_different_sources_wait_and_win_by_chance) {
  BOOST_TEST(next() == 0u);
  std::size_t wins[5] = {};
  for (std::uint64_t i = 1; i <= waiting_places::most; ++i)
    BOOST_TEST(add(i, "10.0.0." + std::to_string(i)) == 0u);
  for (int i = 0; i < 400; ++i)
    ++wins[next()];
  for (std::uint64_t i = 1; i <= waiting_places::most; ++i)
    BOOST_TEST(wins[i] > 50u);
  places.remove(connection_id{1});
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(next() != 1u);
}

BOOST_AUTO_TEST_CASE(all_of_one_source_have_the_same_chance) {
  std::size_t wins[11] = {};
  for (int i = 0; i < 1000; ++i) {
    places = {};
    for (std::uint64_t id = 1; id <= 10; ++id)
      BOOST_TEST((add(id, "fe80::" + std::to_string(id)) != 0) == (id > 1));
    ++wins[next()];
  }
  for (std::uint64_t id = 1; id <= 10; ++id) {
    BOOST_TEST(wins[id] > 60u);
    BOOST_TEST(wins[id] < 150u);
  }
}

BOOST_AUTO_TEST_CASE(all_of_many_sources_have_the_same_chance) {
  std::size_t stays[21] = {};
  for (int i = 0; i < 1000; ++i) {
    places = {};
    bool waits[21] = {};
    for (std::uint64_t id = 1; id <= 20; ++id) {
      waits[id] = true;
      waits[add(id, "10.0.0." + std::to_string(id))] = false;
    }
    for (std::uint64_t id = 1; id <= 20; ++id)
      stays[id] += waits[id] ? 1 : 0;
  }
  for (std::uint64_t id = 1; id <= 20; ++id) {
    BOOST_TEST(stays[id] > 140u);
    BOOST_TEST(stays[id] < 270u);
  }
}

BOOST_AUTO_TEST_CASE(those_that_have_left_lessen_nobody_s_chance) {
  std::size_t stays = 0;
  for (int i = 0; i < 200; ++i) {
    places = {};
    std::uint64_t id = 0;
    const auto poser = [&] {
      ++id;
      BOOST_TEST(add(id, "10.0.1." + std::to_string(id)) == 0u);
    };
    for (std::size_t j = 0; j < waiting_places::most; ++j)
      poser();
    for (int j = 0; j < 100; ++j) {
      places.remove(connection_id{id});
      poser();
    }
    stays += add(1000, "10.0.2.1") != 1000 ? 1 : 0;
  }
  BOOST_TEST(stays > 120u);
}

BOOST_AUTO_TEST_CASE(the_highest_rank_stays_and_wins) {
  BOOST_TEST(add(1, "10.0.0.1", rank::of_user) == 0u);
  BOOST_TEST(add(2, "10.0.0.2", rank::same_host) == 0u);
  for (std::uint64_t id = 3; id < 60; ++id) {
    auto without = add(id, "10.0.1." + std::to_string(id));
    BOOST_TEST(without != 1u);
    BOOST_TEST(without != 2u);
    BOOST_TEST(next() == 1u);
  }
  BOOST_TEST(add(60, "10.0.0.1", rank::same_host) == 60u);
  places.remove(connection_id{1});
  BOOST_TEST(next() == 2u);
  BOOST_TEST(add(61, "10.0.0.2", rank::of_user) == 2u);
  BOOST_TEST(next() == 61u);
}

BOOST_AUTO_TEST_CASE(each_is_asked_once_those_of_higher_rank_first) {
  BOOST_TEST(ask() == 0u);
  add(1, "10.0.0.1");
  add(2, "10.0.0.2", rank::same_host);
  add(3, "10.0.0.3");
  BOOST_TEST(ask() == 2u);
  BOOST_TEST(places.has_turn(connection_id{2}));
  BOOST_TEST(ask() == 0u);
  places.ask_no_more();
  BOOST_TEST(!places.has_turn(connection_id{2}));
  const auto second = ask();
  BOOST_TEST((second == 1u || second == 3u));
  places.remove(connection_id{second});
  BOOST_TEST(places.has_turn(connection_id{4 - second}));
  BOOST_TEST(ask() == 4 - second);
  places.ask_no_more();
  BOOST_TEST(ask() == 0u);
}

BOOST_AUTO_TEST_CASE(one_of_a_higher_rank_is_asked_at_once) {
  add(1, "10.0.0.1");
  BOOST_TEST(ask() == 1u);
  add(2, "10.0.0.2");
  BOOST_TEST(ask() == 0u);
  add(3, "10.0.0.3", rank::same_host);
  BOOST_TEST(ask() == 3u);
  BOOST_TEST(!places.is_asked(connection_id{1}));
}

BOOST_AUTO_TEST_CASE(the_one_that_is_asked_goes_first) {
  add(1, "10.0.0.1");
  add(2, "10.0.0.2", rank::same_host);
  places.prefer(connection_id{1});
  BOOST_TEST(next() == 1u);
  places.remove(connection_id{1});
  BOOST_TEST(next() == 2u);
}

BOOST_AUTO_TEST_CASE(the_one_that_takes_the_place_of_another_is_asked) {
  add(1, "10.0.0.1");
  BOOST_TEST(ask() == 1u);
  while (add(2, "10.0.0.1") == 2u)
    BOOST_TEST(ask() == 0u);
  places.remove(connection_id{1});
  BOOST_TEST(ask() == 2u);
}

BOOST_AUTO_TEST_CASE(the_old_host_is_known_by_the_half_that_it_cannot_choose) {
  const auto rank_of = [](const std::string& from, const std::string& old) {
    return waiting_places::rank_of(ip(from), ip(old), false);
  };
  BOOST_TEST((rank_of("10.0.0.1", "10.0.0.1") == rank::same_host));
  BOOST_TEST((rank_of("10.0.0.1", "10.0.0.2") == rank::elsewhere));
  BOOST_TEST((rank_of("fd00::1", "fd00::2") == rank::same_host));
  BOOST_TEST((rank_of("fd00::1", "fd00:0:0:1::1") == rank::elsewhere));
  BOOST_TEST((waiting_places::rank_of(ip("fd00::1"), ip("fd00::1"), true)
              == rank::of_user));
}

BOOST_AUTO_TEST_SUITE_END()
