#include <algorithm>
#include <random>
#include <string_view>

#include "tests/actors/directory/directories.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Nodes publish and withdraw names at random, while connections break and nodes
// restart. In the end, all nodes must find the same names.
namespace {

/// Nodes `a` to `e` in a ring. Their connections break and return.
struct walking : directories {
  static constexpr std::string_view letters = "abcde";

  void begin(std::uint64_t seed) {
    rng.seed(seed);
    shuffle(seed);
    build_with_directories("ab bc cd de ea");
  }
  char letter() {
    return letters[rng() % letters.size()];
  }
  char next_to(char x) const {
    return letters[(letters.find(x) + 1) % letters.size()];
  }
  std::string some_name() {
    return "name " + std::to_string(rng() % 5);
  }

  void act() {
    const char x = letter();
    switch (rng() % 7) {
    case 0:
      net().unplug(at(x).host(), at(next_to(x)).host());
      net().cut(at(x).host(), at(next_to(x)).host());
      break;
    case 1:
      net().plug(at(x).host(), at(next_to(x)).host());
      break;
    case 2:
      return restart(x);
    case 3:
      return unpublish_some(x);
    case 4:
      return end_some(x);
    default:
      publish_some(x);
    }
  }
  void restart(char x) {
    at(x).stop();
    published[x].clear();
    add(x);
    directory_on(x);
    at(x).connect_to(at(next_to(x)));
  }
  void publish_some(char x) {
    auto name = some_name();
    auto actor = spawn_echo(name);
    if (!publish(x, name, actor))
      published[x][name] = actor;
  }
  void unpublish_some(char x) {
    auto name = some_name();
    unpublish(x, name);
    published[x].erase(name);
  }
  void end_some(char x) {
    if (published[x].empty())
      return;
    auto i = published[x].begin();
    end(i->second);
    published[x].erase(i);
  }
  void heal() {
    for (char x : letters) {
      net().plug(at(x).host(), at(next_to(x)).host());
      at(x).connect_to(at(next_to(x)));
    }
    run_for(minutes{2});
  }

  std::mt19937_64 rng;
  std::map<char, std::map<std::string, caf::actor>> published;
};

} // namespace

BOOST_AUTO_TEST_SUITE(directory_actors_walk_tests)

BOOST_AUTO_TEST_CASE(all_find_what_is_published_after_partitions_and_restarts) {
  std::size_t all_found = 0;
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    BOOST_TEST_INFO_SCOPE("seed " << seed);
    walking all;
    all.begin(seed);
    for (int i = 0; i < 40; ++i) {
      all.act();
      all.run_for(milliseconds{all.rng() % 3000});
    }
    all.heal();
    for (int i = 0; i < 5; ++i) {
      const auto name = "name " + std::to_string(i);
      std::string expected;
      for (auto& [letter, names] : all.published)
        if (names.count(name) > 0)
          expected += letter;
      for (char x : walking::letters) {
        auto found = all.holders(x, name);
        std::sort(found.begin(), found.end());
        all_found += found.size();
        BOOST_TEST(found == expected, "seed " << seed << ": " << x << " finds "
                                              << name << " at " << found
                                              << " instead of " << expected);
      }
    }
    for (char x : walking::letters)
      BOOST_TEST(all.homes[x]->now.size() == walking::letters.size());
  }
  BOOST_TEST(all_found > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
