#include "actors/core/mesh/news_spreading.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of news that is gathered instead of passed on at once.
namespace {

mesh_model_options with_digests() {
  mesh_model_options result;
  result.digests = true;
  return result;
}

struct gathering : view {
  gathering() : view(with_digests()) {
    static_assert(news_spreading::few == 4);
    for (unsigned i : {1, 2, 3, 4, 6})
      connect_with_digests(i);
    skip_announcements();
  }

  admission connect_with_digests(unsigned peer) {
    auto x = offer(peer, peer);
    x.remote.digests = true;
    auto result = add(x);
    establish(peer);
    return result ? *result : admission{};
  }

  applied_update hear_from(unsigned from,
                           const std::vector<peer_record>& records) {
    effects = {};
    auto result = state.apply_update(update_of(records), now, effects,
                                     {false, true}, name_of(from));
    return result ? *result : applied_update{};
  }

  /// Makes the model gather much news, and waits until the news is sent.
  void hear_much() {
    std::vector<peer_record> all{says(1, {us}, ++version)};
    for (unsigned i = 0; i <= news_spreading::passed_at_once; ++i) {
      all.push_back(says(100 + i, {1}, version));
      all.front().connections.push_back(
        {name_of(100 + i), "10.9.9.9:6783", true, true});
    }
    hear_from(1, all);
    sent();
  }

  /// The records that were gathered for each neighbour.
  std::string sent() {
    now += news_spreading::longest;
    std::string result;
    for (auto& x : state.take_gathered(now))
      for (auto neighbour : x.neighbours)
        result += (result.empty() ? "" : ", ")
                  + std::to_string(neighbour.number()) + ": "
                  + subjects(x.records);
    return result;
  }

  std::uint64_t version = 1;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_spreading_tests, gathering)

BOOST_AUTO_TEST_CASE(much_news_is_gathered) {
  hear_much();
  auto applied = hear_from(1, {says(1, {us, 60}, 9), says(60, {1})});
  BOOST_TEST(!applied.news);
  BOOST_TEST(!applied.everything);
  // All neighbours but the sender have few connections of their own, so they
  // get the news.
  BOOST_TEST(sent() == "2: 1 60, 3: 1 60, 4: 1 60, 6: 1 60");
  BOOST_TEST(sent() == "");
}

BOOST_AUTO_TEST_CASE(little_news_is_passed_on_at_once) {
  hear_much();
  now += 1h;
  BOOST_TEST(subjects(hear_from(1, {says(1, {us}, 9)}).news) == "1");
}

BOOST_AUTO_TEST_CASE(with_a_neighbour_without_digests_nothing_is_gathered) {
  connect(50);
  skip_announcements();
  hear_much();
  auto applied = hear_from(1, {says(1, {us}, 9)});
  BOOST_TEST(subjects(applied.news) == "1");
  remove(50);
  skip_announcements();
  hear_much();
  BOOST_TEST(!hear_from(1, {says(1, {us}, 10)}).news);
}

BOOST_AUTO_TEST_CASE(without_digests_nothing_is_gathered) {
  view other;
  for (unsigned i = 1; i <= 9; ++i)
    if (i != us)
      other.connect(i);
  std::vector<peer_record> all;
  for (unsigned i = 100; i < 300; ++i)
    all.push_back(says(i, {us}));
  for (unsigned i = 0; i < 200; ++i) {
    all.push_back(says(1, {us, 100 + i}, 2 + i));
    BOOST_TEST_REQUIRE(other.hear(all).news);
  }
}

BOOST_AUTO_TEST_CASE(what_a_neighbour_sends_is_not_sent_back) {
  hear_much();
  hear_from(1, {says(1, {us}, 9)});
  hear_from(2, {says(1, {us}, 9)});
  hear_from(3, {says(1, {us}, 8)});
  BOOST_TEST(sent() == "3: 1, 4: 1, 6: 1");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_has_another_record_is_told_ours) {
  hear_much();
  hear_from(1, {says(1, {us, 60}, 9)});
  hear_from(2, {says(1, {us}, 9)});
  BOOST_TEST(sent() == "2: 1, 3: 1, 4: 1, 6: 1");
  hear_from(1, {says(1, {us}, 10)});
  hear_from(2, {says(1, {us, 60}, 10)});
  BOOST_TEST(sent() == "1: 1, 3: 1, 4: 1, 6: 1");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_makes_a_record_of_us_is_told_ours) {
  hear_much();
  remove(2);
  BOOST_TEST(announced() == "none");
  hear_from(3, {says(us, {3}, 1000)});
  BOOST_TEST(effects.impersonated);
  BOOST_TEST(sent() == "1: 5, 3: 5, 4: 5, 6: 5");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_shows_the_way_to_a_peer_is_told_of_it) {
  hear_much();
  hear_from(1, {says(70, {60})});
  BOOST_TEST(sent() == ""); // 70 is not reachable yet
  hear_from(2, {says(2, {us, 70}, 9)});
  BOOST_TEST(sent() == "2: 70, 1: 2 70, 3: 2 70, 4: 2 70, 6: 2 70");
}

BOOST_AUTO_TEST_CASE(our_changes_are_gathered_too) {
  hear_much();
  remove(2);
  BOOST_TEST(announced() == "none");
  BOOST_TEST(sent() == "1: 5, 3: 5, 4: 5, 6: 5");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_we_knew_is_compared_with_later) {
  hear_much();
  BOOST_TEST(connect_with_digests(100).compare_later);
  BOOST_TEST(!connect_with_digests(70).compare_later);
  now += news_spreading::calm;
  auto first = state.take_to_compare(now);
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(first->number() == 100u);
}

BOOST_AUTO_TEST_CASE(
  a_neighbour_that_we_know_is_told_everything_if_it_is_quiet) {
  hear_much();
  now += 1h;
  BOOST_TEST(!connect_with_digests(100).compare_later);
}

BOOST_AUTO_TEST_CASE(a_new_peer_is_told_with_our_record_that_shows_the_way) {
  hear_much();
  connect_with_digests(70);
  BOOST_TEST(sent().find("3: 5 70") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(somebody_is_compared_with_after_the_last_news) {
  hear_much();
  BOOST_TEST(!state.take_to_compare(now));
  now += news_spreading::calm;
  BOOST_TEST(state.take_to_compare(now).has_value());
  BOOST_TEST(!state.take_to_compare(now + 1h));
}

BOOST_AUTO_TEST_CASE(broadcasts_go_on_along_their_trees) {
  hear_much();
  effects = {};
  auto result = state.apply_update(update_of({says(2, {us, 1}, ++version)}),
                                   now, effects, {true, false}, name_of(1));
  BOOST_REQUIRE(result);
  BOOST_TEST(bool{result->everything});
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_process_is_not_gathered) {
  hear_much();
  effects = {};
  state.remove_connection(connection_id{6}, now, effects);
  now += 1s;
  BOOST_TEST(!state.take_announcement(now));
  BOOST_TEST(!sent().empty());
  state.remove_closed_connection(connection_id{4}, now, effects);
  now += 1s;
  BOOST_TEST(bool{state.take_announcement(now)});
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_SUITE_END()
