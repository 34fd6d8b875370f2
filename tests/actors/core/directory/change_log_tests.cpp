#include "actors/core/directory/change_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::names;

namespace {

constexpr std::size_t no_limit = SIZE_MAX;

fingerprint content(std::uint64_t version) {
  return {version, 100 + version};
}

// Returns a log with versions 2, 4 and 6. Each version changes the entry "all"
// and one other entry.
change_log three_versions(std::size_t limit = no_limit) {
  change_log result;
  result.add(2, content(2), {"all", "two"}, limit);
  result.add(4, content(4), {"all", "four"}, limit);
  result.add(6, content(6), {"all", "six"}, limit);
  return result;
}

using names_set = std::set<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(change_log_tests)

BOOST_AUTO_TEST_CASE(the_names_since_a_version_are_those_of_later_ones) {
  const auto log = three_versions();
  BOOST_TEST((log.since(2, content(2)) == names_set{"all", "four", "six"}));
  BOOST_TEST((log.since(4, content(4)) == names_set{"all", "six"}));
  BOOST_TEST((log.since(6, content(6)) == names_set{}));
}

BOOST_AUTO_TEST_CASE(a_count_of_names_has_each_as_often_as_it_changed) {
  const auto log = three_versions();
  BOOST_TEST((log.count_since(2, content(2)) == std::optional{4u}));
  BOOST_TEST((log.count_since(4, content(4)) == std::optional{2u}));
  BOOST_TEST((log.count_since(6, content(6)) == std::optional{0u}));
}

BOOST_AUTO_TEST_CASE(nothing_is_known_since_other_versions_or_contents) {
  const auto log = three_versions();
  for (auto [version, of] :
       {std::pair{1, 2}, std::pair{3, 4}, std::pair{3, 2}, std::pair{7, 6},
        std::pair{7, 7}, std::pair{4, 2}, std::pair{2, 6}, std::pair{6, 2}}) {
    const auto x = content(static_cast<std::uint64_t>(of));
    const auto v = static_cast<std::uint64_t>(version);
    BOOST_TEST_INFO_SCOPE(version << " with the content of " << of);
    BOOST_TEST(!log.since(v, x));
    BOOST_TEST(!log.count_since(v, x));
  }
  BOOST_TEST(!change_log{}.since(0, {}));
  BOOST_TEST(!change_log{}.count_since(0, {}));
}

BOOST_AUTO_TEST_CASE(names_take_their_bytes_beyond_those_of_a_version) {
  change_log bare, named;
  bare.add(1, content(1), {}, no_limit);
  const auto one = bare.bytes();
  BOOST_TEST(one > 0u);
  bare.add(2, content(2), {}, no_limit);
  BOOST_TEST(bare.bytes() == 2 * one);
  named.add(1, content(1), {"names of the first version lead nowhere"},
            no_limit);
  BOOST_TEST(named.bytes() == one);
  named.add(2, content(2), {"ab", "cde"}, no_limit);
  BOOST_TEST(named.bytes() == 2 * one + 2 * sizeof(std::string) + 5);
}

BOOST_AUTO_TEST_CASE(the_oldest_versions_beyond_the_limit_are_forgotten) {
  auto log = three_versions();
  const auto size = log.bytes();
  // The limit has room for exactly one more version with a single name.
  change_log one;
  one.add(8, content(8), {}, no_limit);
  const auto limit = size + one.bytes() + sizeof(std::string) + 5;
  log.add(8, content(8), {"eight"}, limit);
  BOOST_TEST(log.bytes() == limit);
  BOOST_TEST(!!log.since(2, content(2)));
  log = three_versions();
  log.add(8, content(8), {"eight"}, limit - 1);
  BOOST_TEST(!log.since(2, content(2)));
  BOOST_TEST((log.since(4, content(4)) == names_set{"all", "six", "eight"}));
  change_log rest;
  rest.add(4, content(4), {}, no_limit);
  rest.add(6, content(6), {"all", "six"}, no_limit);
  rest.add(8, content(8), {"eight"}, no_limit);
  BOOST_TEST(log.bytes() == rest.bytes());
}

BOOST_AUTO_TEST_CASE(the_last_version_is_kept_whatever_the_limit) {
  const auto log = three_versions(0);
  change_log last;
  last.add(6, content(6), {}, no_limit);
  BOOST_TEST(log.bytes() == last.bytes());
  BOOST_TEST(!log.since(4, content(4)));
  BOOST_TEST((log.since(6, content(6)) == names_set{}));
}

BOOST_AUTO_TEST_CASE(a_cleared_log_knows_nothing) {
  auto log = three_versions();
  log.clear();
  BOOST_TEST(log.bytes() == 0u);
  BOOST_TEST(!log.since(6, content(6)));
  log.add(7, content(7), {"seven"}, no_limit);
  log.add(8, content(8), {"eight"}, no_limit);
  BOOST_TEST(!log.since(6, content(6)));
  BOOST_TEST((log.since(7, content(7)) == names_set{"eight"}));
}

BOOST_AUTO_TEST_SUITE_END()
