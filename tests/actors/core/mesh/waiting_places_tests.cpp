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
  // The number of the connection without a place; 0 if all have one.
  std::uint64_t add(std::uint64_t id, const std::string& from,
                    rank how = rank::elsewhere) {
    auto result = places.add(connection_id{id}, ip(from), how, rng());
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

BOOST_AUTO_TEST_SUITE_END()
