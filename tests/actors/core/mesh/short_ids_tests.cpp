#include "actors/core/mesh/short_ids.hpp"

#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

struct fixture {
  short_ids ids;
  std::mt19937_64 rng{1};
  const peer_name low = peer_name::from_number(1);
  const peer_name middle = peer_name::from_number(2);
  const peer_name high = peer_name::from_number(3);
  const short_id id{77};

  void fill_except(std::set<std::uint16_t> free) {
    for (std::uint16_t i = 0; i < short_id_count; ++i)
      if (free.count(i) == 0)
        ids.claim(short_id{i}, middle);
  }

  bool belongs_to(peer_name who) const {
    return ids.owner(id) == who;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(short_ids_tests, fixture)

BOOST_AUTO_TEST_CASE(an_id_that_nobody_claims_has_no_owner) {
  BOOST_TEST(!ids.owner(id));
}

BOOST_AUTO_TEST_CASE(a_first_claim_is_not_reported) {
  BOOST_TEST(!ids.claim(id, middle));
  BOOST_TEST(belongs_to(middle));
}

BOOST_AUTO_TEST_CASE(a_lower_name_wins_a_contested_id) {
  ids.claim(id, middle);
  BOOST_TEST(ids.claim(id, low));
  BOOST_TEST(belongs_to(low));
}

BOOST_AUTO_TEST_CASE(a_higher_name_changes_nothing) {
  ids.claim(id, middle);
  BOOST_TEST(!ids.claim(id, high));
  BOOST_TEST(belongs_to(middle));
}

BOOST_AUTO_TEST_CASE(the_next_lowest_name_becomes_the_owner) {
  ids.claim(id, low);
  ids.claim(id, high);
  ids.claim(id, middle);
  BOOST_TEST(ids.release(id, low));
  BOOST_TEST(belongs_to(middle));
}

BOOST_AUTO_TEST_CASE(a_release_by_another_peer_than_the_owner_is_not_reported) {
  ids.claim(id, low);
  ids.claim(id, high);
  BOOST_TEST(!ids.release(id, high));
  BOOST_TEST(!ids.release(id, middle));
  BOOST_TEST(belongs_to(low));
}

BOOST_AUTO_TEST_CASE(the_last_release_is_reported_only_with_the_next_claim) {
  ids.claim(id, middle);
  BOOST_TEST(!ids.release(id, middle));
  BOOST_TEST(!ids.owner(id));
  BOOST_TEST(ids.claim(id, high));
}

BOOST_AUTO_TEST_CASE(ids_that_cannot_be_drawn_are_ignored) {
  BOOST_TEST(!ids.claim(short_id{4096}, low));
  BOOST_TEST(!ids.owner(short_id{4096}));
  BOOST_TEST(!ids.release(short_id{65535}, low));
}

BOOST_AUTO_TEST_CASE(all_of_the_last_free_ids_are_drawn) {
  fill_except({0, 1000, 4095});
  std::set<std::uint16_t> drawn;
  for (int i = 0; i < 100; ++i)
    drawn.insert(value_of(*ids.draw(rng)));
  BOOST_TEST((drawn == std::set<std::uint16_t>{0, 1000, 4095}));
}

BOOST_AUTO_TEST_CASE(nothing_is_drawn_if_all_are_claimed) {
  fill_except({});
  BOOST_TEST(!ids.draw(rng));
}

BOOST_AUTO_TEST_CASE(a_released_id_can_be_drawn_again) {
  fill_except({});
  ids.claim(id, high);
  ids.release(id, middle);
  BOOST_TEST(!ids.draw(rng));
  ids.release(id, high);
  BOOST_TEST((ids.draw(rng) == id));
}

BOOST_AUTO_TEST_CASE(the_lowest_name_owns_an_id_after_any_claims_and_releases) {
  std::map<short_id, std::set<peer_name>> claims;
  for (int step = 0; step < 20'000; ++step) {
    const short_id any{static_cast<std::uint16_t>(rng() % 20)};
    const auto who = peer_name::from_number(rng() % 12);
    const auto before = ids.owner(any);
    auto& of_id = claims[any];
    const auto claimed = of_id.insert(who).second;
    if (!claimed)
      of_id.erase(who);
    const auto reported = claimed ? ids.claim(any, who) : ids.release(any, who);
    const auto after = ids.owner(any);
    BOOST_TEST_REQUIRE(after.has_value() == !of_id.empty());
    if (after)
      BOOST_TEST_REQUIRE((*after == *of_id.begin()));
    if (before && after)
      BOOST_TEST_REQUIRE(reported == (*before != *after));
  }
}

BOOST_AUTO_TEST_CASE(an_unclaimed_id_among_others_has_no_owner_to_release_it) {
  const short_id below{70};
  const short_id above{80};
  ids.claim(below, middle);
  BOOST_TEST(!ids.release(id, middle));
  BOOST_TEST(!ids.owner(id));
  ids.claim(above, middle);
  BOOST_TEST(!ids.release(id, middle));
  BOOST_TEST(!ids.owner(id));
  BOOST_TEST((ids.owner(below) == middle && ids.owner(above) == middle));
}

BOOST_AUTO_TEST_SUITE_END()
