#include "actors/core/directory/pool_choice.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

using policy = pool_choice::policy;

std::vector<pool_choice::member> members(const std::vector<unsigned>& peers) {
  std::vector<pool_choice::member> result;
  for (auto x : peers)
    result.push_back({life_of(x, 1), x});
  return result;
}

std::string choices(pool_choice& x, int count) {
  std::string result;
  for (int i = 0; i < count; ++i)
    result += std::to_string(*x.choose());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pool_choice_tests)

BOOST_AUTO_TEST_CASE(an_empty_pool_chooses_nobody) {
  BOOST_TEST(!pool_choice{policy::nearest}.choose());
}

BOOST_AUTO_TEST_CASE(round_robin_takes_turns) {
  pool_choice x{policy::round_robin};
  x.set_members(members({1, 2, 3}));
  BOOST_TEST(choices(x, 6) == "123123");
  x.remove(2);
  BOOST_TEST(choices(x, 4) == "1313");
}

BOOST_AUTO_TEST_CASE(the_nearest_comes_first_in_the_list) {
  pool_choice x{policy::nearest};
  x.set_members(members({1, 2}));
  BOOST_TEST(choices(x, 3) == "111");
  x.set_members(members({2, 1}));
  BOOST_TEST(choices(x, 3) == "222");
}

BOOST_AUTO_TEST_CASE(the_member_with_the_fewest_open_requests_is_chosen) {
  pool_choice x{policy::least_outstanding};
  x.set_members(members({1, 2, 3}));
  BOOST_TEST(choices(x, 4) == "1231");
  x.done(3);
  BOOST_TEST(choices(x, 1) == "3");
  x.done(2);
  x.done(2);
  BOOST_TEST(choices(x, 1) == "2");
}

BOOST_AUTO_TEST_CASE(members_that_stay_keep_their_open_requests) {
  pool_choice x{policy::least_outstanding};
  auto fresh = x.set_members(members({1, 2}));
  BOOST_TEST(fresh.size() == 2u);
  choices(x, 2);
  fresh = x.set_members(members({3, 2, 1}));
  BOOST_TEST_REQUIRE(fresh.size() == 1u);
  BOOST_TEST(fresh.at(0) == 3u);
  BOOST_TEST(choices(x, 1) == "3");
  BOOST_TEST(x.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_new_member_has_no_open_requests) {
  pool_choice x{policy::least_outstanding};
  x.set_members(members({1}));
  BOOST_TEST(choices(x, 1) == "1");
  x.set_members(members({1, 2}));
  BOOST_TEST(choices(x, 1) == "2");
}

BOOST_AUTO_TEST_CASE(members_differ_in_home_or_actor) {
  pool_choice x{policy::nearest};
  x.set_members({{life_of(1, 1), 1}, {life_of(2, 1), 2}});
  auto fresh = x.set_members({{life_of(1, 1), 2}, {life_of(1, 2), 1}});
  BOOST_TEST(
    (fresh == std::map<std::size_t, pool_choice::key>{{0, 3}, {1, 4}}));
  BOOST_TEST((x.keys() == std::vector<pool_choice::key>{3, 4}));
}

BOOST_AUTO_TEST_CASE(keys_of_members_that_have_gone_are_ignored) {
  pool_choice x{policy::least_outstanding};
  x.set_members(members({1, 2}));
  choices(x, 2);
  x.remove(1);
  x.remove(1);
  x.done(1);
  BOOST_TEST(x.size() == 1u);
  BOOST_TEST((x.keys() == std::vector<pool_choice::key>{2}));
  x.set_members({});
  x.remove(2);
  x.done(2);
  BOOST_TEST(!x.choose());
}

BOOST_AUTO_TEST_CASE(an_answer_too_many_is_ignored) {
  pool_choice x{policy::least_outstanding};
  x.set_members(members({1, 2}));
  x.done(1);
  BOOST_TEST(choices(x, 3) == "121");
}

BOOST_AUTO_TEST_SUITE_END()
