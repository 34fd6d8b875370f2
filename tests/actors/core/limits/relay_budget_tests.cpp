#include "actors/core/limits/relay_budget.hpp"

#include <utility>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

struct fixture {
  relay_budget_ptr budget = std::make_shared<relay_budget>(100);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(relay_budget_tests, fixture)

BOOST_AUTO_TEST_CASE(what_is_taken_beyond_the_limit_is_excess) {
  budget->take(100);
  BOOST_TEST(budget->excess() == 0u);
  budget->take(7);
  BOOST_TEST(budget->excess() == 7u);
  budget->give_back(8);
  BOOST_TEST(budget->excess() == 0u);
  BOOST_TEST(budget->taken() == 99u);
}

BOOST_AUTO_TEST_CASE(a_share_takes_its_size_and_gives_it_back) {
  {
    budget_share share{budget, 10};
    BOOST_TEST(budget->taken() == 10u);
    for (std::size_t size : {30u, 30u, 20u}) {
      share.resize(size);
      BOOST_TEST(share.size() == size);
      BOOST_TEST(budget->taken() == size);
    }
  }
  BOOST_TEST(budget->taken() == 0u);
}

BOOST_AUTO_TEST_CASE(a_share_that_moves_is_counted_once) {
  {
    budget_share first{budget, 10};
    budget_share second{std::move(first)};
    BOOST_TEST(first.size() == 0u); // NOLINT(bugprone-use-after-move)
    BOOST_TEST(second.size() == 10u);
    BOOST_TEST(budget->taken() == 10u);
    budget_share third{budget, 5};
    third = std::move(second);
    BOOST_TEST(third.size() == 10u);
  }
  BOOST_TEST(budget->taken() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
