#include "actors/core/limits/unauthenticated_quota.hpp"

#include <deque>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of the limit on the memory for data from remotes whose introduction is
// not complete yet.
namespace {

using quota = unauthenticated_quota;

struct fixture {
  quota::share& remote() {
    return shares.emplace_back(whole);
  }

  quota whole;
  std::deque<quota::share> shares;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(unauthenticated_share_tests, fixture)

BOOST_AUTO_TEST_CASE(each_remote_has_some_bytes_of_its_own) {
  BOOST_TEST(remote().grow_to(quota::for_each + quota::for_all));
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(remote().grow_to(quota::for_each));
  BOOST_TEST(!remote().grow_to(quota::for_each + 1));
}

BOOST_AUTO_TEST_CASE(all_remotes_share_the_bytes_beyond_that) {
  BOOST_TEST(!remote().grow_to(quota::for_each + quota::for_all + 1));
  BOOST_TEST(remote().grow_to(quota::for_each + 1));
  BOOST_TEST(!remote().grow_to(quota::for_each + quota::for_all));
  BOOST_TEST(remote().grow_to(quota::for_each + quota::for_all - 1));
  BOOST_TEST(!remote().grow_to(quota::for_each + 1));
}

BOOST_AUTO_TEST_CASE(growth_takes_only_what_is_new) {
  auto& x = remote();
  for (std::size_t size = 0; size <= quota::for_all; size += quota::for_all / 4)
    BOOST_TEST(x.grow_to(quota::for_each + size));
  BOOST_TEST(x.grow_to(1));
  BOOST_TEST(!remote().grow_to(quota::for_each + 1));
}

BOOST_AUTO_TEST_CASE(bytes_are_given_back_when_asked_and_at_the_end) {
  auto& x = remote();
  BOOST_TEST(x.grow_to(quota::for_each + quota::for_all));
  x.give_back();
  x.give_back();
  {
    quota::share y{whole};
    BOOST_TEST(y.grow_to(quota::for_each + quota::for_all));
    BOOST_TEST(!remote().grow_to(quota::for_each + 1));
  }
  BOOST_TEST(remote().grow_to(quota::for_each + quota::for_all));
}

BOOST_AUTO_TEST_SUITE_END()
