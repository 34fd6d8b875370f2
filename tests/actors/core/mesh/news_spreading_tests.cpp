#include "actors/core/mesh/news_spreading.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture {
  news_spreading news;
  instant now = instant{} + 24h;

  void choose(const std::vector<unsigned>& neighbours) {
    std::vector<peer_name> names;
    for (auto x : neighbours)
      names.push_back(name_of(x));
    news.choose(std::move(names));
  }

  /// Takes the parcels that are due, each written as `neighbours: slots`.
  std::string take(std::size_t peers = 100) {
    std::string result;
    for (auto& x : news.take_due(peers, now)) {
      result += (result.empty() ? "" : ", ") + numbers(x.neighbours) + ":";
      for (auto who : x.subjects)
        result += " " + std::to_string(who);
    }
    return result;
  }

  std::string take_later(std::size_t peers = 100) {
    now += news_spreading::longest;
    return take(peers);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(news_spreading_tests, fixture)

BOOST_AUTO_TEST_CASE(a_node_that_has_just_started_hears_much) {
  BOOST_TEST(!news.is_busy(now));
  news.note_news(1, now);
  BOOST_TEST(news.is_busy(now));
  now += news_spreading::busy;
  BOOST_TEST(!news.is_busy(now));
}

BOOST_AUTO_TEST_CASE(few_records_are_passed_on_at_once) {
  news.note_news(1, now);
  now += 1h;
  for (unsigned i = 0; i < news_spreading::passed_at_once; ++i)
    news.note_news(1, now);
  BOOST_TEST(!news.is_busy(now));
  news.note_news(1, now);
  BOOST_TEST(news.is_busy(now));
}

BOOST_AUTO_TEST_CASE(an_update_with_many_records_is_much_news) {
  news.note_news(1, now);
  now += 1h;
  news.note_news(news_spreading::passed_at_once + 1, now);
  BOOST_TEST(news.is_busy(now));
}

BOOST_AUTO_TEST_CASE(gathered_news_is_due_in_a_moment_and_then_after_a_pause) {
  BOOST_TEST(!news.wake_at());
  choose({1, 2});
  news.add(7, {}, now);
  BOOST_TEST(take() == "");
  BOOST_TEST((news.wake_at() == now + announcements::moment));
  now += announcements::moment;
  BOOST_TEST(take() == "1 2: 7");
  BOOST_TEST(news.needs_targets());
  choose({3});
  news.add(8, {}, now);
  BOOST_TEST((news.wake_at() == now + 100 * news_spreading::pause_per_peer));
  now += 100 * news_spreading::pause_per_peer;
  BOOST_TEST(take(1'000'000) == "3: 8");
  choose({3});
  news.add(9, {}, now);
  BOOST_TEST((news.wake_at() == now + news_spreading::longest));
}

BOOST_AUTO_TEST_CASE(a_record_goes_once_however_often_it_changes) {
  choose({1});
  for (int i = 0; i < 10; ++i)
    news.add(7, {}, now);
  BOOST_TEST(take_later() == "1: 7");
  BOOST_TEST(take_later() == "");
}

BOOST_AUTO_TEST_CASE(news_does_not_go_to_those_who_have_it) {
  choose({1, 2, 3});
  news.add(7, name_of(1), now);
  news.add(8, {}, now);
  news.are_known_to(name_of(2), {7});
  news.are_known_to(name_of(2), {8});
  news.are_known_to(name_of(9), {8});
  BOOST_TEST(take_later() == "1: 8, 3: 7 8");
}

BOOST_AUTO_TEST_CASE(news_of_many_peers_is_told_apart) {
  choose({1, 2});
  for (slot who : {0u, 63u, 64u, 127u, 200u})
    news.add(who, {}, now);
  news.are_known_to(name_of(1), {63, 64, 1000});
  news.are_known_to(name_of(2), {0, 200});
  BOOST_TEST(take_later() == "1: 0 127 200, 2: 63 64 127");
}

BOOST_AUTO_TEST_CASE(a_new_neighbour_gets_what_comes_after_it) {
  news.added(name_of(3));
  BOOST_TEST(news.needs_targets());
  choose({1, 2});
  news.add(7, {}, now);
  news.added(name_of(3));
  news.add(8, {}, now);
  BOOST_TEST(take_later() == "3: 8, 1 2: 7 8");
}

BOOST_AUTO_TEST_CASE(nothing_waits_for_a_neighbour_that_is_gone) {
  choose({1, 2});
  news.add(7, {}, now);
  news.remove(name_of(1));
  BOOST_TEST(take_later() == "2: 7");
}

BOOST_AUTO_TEST_CASE(peers_in_other_slots_are_still_told) {
  choose({1});
  for (slot x : {1u, 3u, 4u})
    news.add(x, {}, now);
  constexpr auto none = slot_index::none;
  news.renumber({0, 1, none, none, 2});
  BOOST_TEST(take_later() == "1: 1 2");
}

BOOST_AUTO_TEST_CASE(views_are_compared_after_the_last_news) {
  choose({1});
  news.add(7, {}, now);
  now += 500ms;
  news.add(8, {}, now);
  take();
  now += news_spreading::calm - 1ms;
  BOOST_TEST(!news.must_compare(now));
  now += 1ms;
  BOOST_TEST(news.must_compare(now));
  BOOST_TEST(!news.take_to_compare(now));
  BOOST_TEST(!news.must_compare(now + 1h));
}

BOOST_AUTO_TEST_CASE(views_are_compared_though_news_never_ends) {
  choose({1});
  const auto begin = now;
  while (!news.must_compare(now)) {
    news.add(7, {}, now);
    now += 100ms;
  }
  BOOST_TEST((now == begin + news_spreading::until_compared));
}

BOOST_AUTO_TEST_CASE(new_neighbours_are_compared_with_one_by_one) {
  news.compare_later(name_of(1), now);
  news.compare_later(name_of(2), now);
  news.compare_later(name_of(3), now);
  news.remove(name_of(2));
  std::vector<peer_name> all;
  while (news.wake_at()) {
    now = *news.wake_at();
    BOOST_TEST_REQUIRE(news.must_compare(now));
    all.push_back(*news.take_to_compare(now));
  }
  BOOST_TEST(numbers(all) == "1 3");
}

BOOST_AUTO_TEST_SUITE_END()
