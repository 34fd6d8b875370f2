#include "tests/actors/core/mesh/drawn_routes.hpp"

#include <set>
#include <thread>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test::drawn;

// Routes of random meshes, compared to what a plain search finds, and their use
// by several threads.
namespace {

/// The peers to which `self` passes broadcasts of `source` on: those that a
/// search, level by level and in the order of names, finds through `self`.
std::string searched_targets(char self, char source, char last,
                             const std::vector<drawn_link>& links) {
  std::set<char> reached{source};
  std::set<char> level{source};
  std::string result;
  while (!level.empty()) {
    std::set<char> next;
    for (auto x : level)
      for (char y = 'A'; y <= last; ++y) {
        auto leads_on =
          std::any_of(links.begin(), links.end(), [&](const drawn_link& e) {
            return e.from == x && e.to == y;
          });
        if (!leads_on || !reached.insert(y).second)
          continue;
        next.insert(y);
        if (x == self)
          result += y;
      }
    level = std::move(next);
  }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(routes_search_tests)

BOOST_AUTO_TEST_CASE(targets_are_right_though_only_one_end_reports_a_link) {
  std::mt19937_64 rng{11};
  for (int round = 0; round < 200; ++round) {
    auto last =
      static_cast<char>('A' + std::uniform_int_distribution<int>{1, 9}(rng));
    auto links = random_links(last, rng);
    auto is_left_out = [&rng](const drawn_link&) {
      return std::uniform_int_distribution<int>{0, 3}(rng) == 0;
    };
    links.erase(std::remove_if(links.begin(), links.end(), is_left_out),
                links.end());
    for (char self = 'A'; self <= last; ++self) {
      auto us = seen_by(self, last, links);
      for (char source = 'A'; source <= last; ++source)
        BOOST_REQUIRE(targets(us, source)
                      == searched_targets(self, source, last, links));
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_that_need_the_next_hops_at_once_get_the_same) {
  std::mt19937_64 rng{12};
  auto links = random_links('N', rng);
  for (int round = 0; round < 50; ++round) {
    auto shared = seen_by('A', 'N', links);
    auto expected = hops(seen_by('A', 'N', links));
    std::string found;
    std::thread other{[&] {
      found = hops(shared);
    }};
    auto mine = hops(shared);
    other.join();
    BOOST_REQUIRE(mine == expected);
    BOOST_REQUIRE(found == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
