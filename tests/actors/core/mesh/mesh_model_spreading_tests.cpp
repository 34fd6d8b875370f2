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

  /// A record of one of ten neighbours that are connected to each other.
  peer_record dense(unsigned peer, unsigned besides = 21) {
    std::vector<unsigned> remotes{1, us};
    for (unsigned i = 10; i < 20; ++i)
      if (i != peer)
        remotes.push_back(i);
    remotes.push_back(besides);
    return says(peer, remotes, ++version);
  }

  /// Connects ten neighbours that are also connected to 1.
  void connect_dense() {
    for (unsigned i = 10; i < 20; ++i) {
      connect_with_digests(i);
      hear_from(i, {dense(i)});
      of_one.push_back(i);
    }
    hear_from(1, {says(1, of_one, ++version)});
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

  /// The peers whose records go on with a broadcast.
  std::string broadcast_from(unsigned from,
                             const std::vector<peer_record>& records) {
    effects = {};
    auto result = state.apply_update(update_of(records), now, effects,
                                     {true, false}, name_of(from));
    return result ? subjects(result->everything) : "error";
  }

  /// Makes much news, which is gathered, and waits until it was sent.
  void hear_much() {
    std::vector<peer_record> all{says(1, of_one, ++version)};
    for (unsigned i = 0; i <= news_spreading::passed_at_once; ++i) {
      all.push_back(says(100 + i, {1}, version));
      all.front().connections.push_back(
        {name_of(100 + i), "10.9.9.9:6783", true, true});
    }
    hear_from(1, all);
    for (unsigned i = 0; i <= news_spreading::passed_at_once; ++i)
      hear_from(1 + i % 4, {says(100 + i, {1}, ++version)});
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

  /// What was sent to one neighbour.
  static std::string told(const std::string& all, unsigned neighbour) {
    auto begin = (", " + all).find(", " + std::to_string(neighbour) + ":");
    return begin == std::string::npos
             ? ""
             : all.substr(begin, all.find(',', begin) - begin);
  }

  std::uint64_t version = 1;
  std::vector<unsigned> of_one{us}; // the connections of 1
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_spreading_tests, gathering)

BOOST_AUTO_TEST_CASE(much_news_is_gathered) {
  hear_much();
  auto applied = hear_from(1, {says(1, {us, 60}, 9), says(60, {1})});
  BOOST_TEST(!applied.news);
  BOOST_TEST(!applied.everything);
  // All but the sender have few connections of their own, so they get it.
  BOOST_TEST(sent() == "2: 1 60, 3: 1 60, 4: 1 60, 6: 1 60");
  BOOST_TEST(sent() == "");
}

BOOST_AUTO_TEST_CASE(little_news_is_passed_on_at_once) {
  hear_much();
  now += 1h;
  BOOST_TEST(subjects(hear_from(1, {says(1, {us}, 9)}).news) == "1");
}

BOOST_AUTO_TEST_CASE(a_neighbour_without_digests_gets_all_that_is_gathered) {
  connect_dense();
  connect(50);
  hear_from(50, {says(50, {1, us, 10, 11})});
  of_one.push_back(50);
  for (int i = 0; i < 10; ++i) {
    hear_much();
    BOOST_TEST(!hear_from(10, {dense(10, 20 + i)}).news);
    BOOST_TEST(sent().find(", 50: 10") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(gossip_reaches_leaves_though_it_goes_to_some_at_random) {
  connect_dense();
  hear_much();
  now += 1h;
  BOOST_TEST(subjects(hear_from(10, {dense(10, 60), says(60, {10})}).news)
             == "10 60");
  BOOST_TEST(sent() == "1: 10 60, 2: 10 60, 3: 10 60, 4: 10 60, 6: 10 60");
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

BOOST_AUTO_TEST_CASE(who_has_another_record_of_the_same_version_is_told) {
  for (unsigned first : {1, 2}) {
    hear_much();
    ++version;
    for (unsigned from : {first, 3 - first})
      hear_from(from, {says(3,
                            from == 1 ? std::vector<unsigned>{us}
                                      : std::vector<unsigned>{1, us},
                            version)});
    auto all = sent();
    BOOST_TEST(told(all, 1).empty() != told(all, 2).empty(), all);
  }
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_others_do_not_see_as_ours_is_told) {
  connect_dense();
  auto record = dense(19);
  for (auto& x : record.connections)
    if (x.remote == name_of(us))
      x.established = false;
  hear_from(19, {record});
  for (int i = 0; i < 8; ++i) {
    hear_much();
    hear_from(10, {dense(10, 20 + i)});
    BOOST_TEST(told(sent(), 19).find(" 10") != std::string::npos);
  }
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

BOOST_AUTO_TEST_CASE(our_record_goes_with_news_while_it_waits) {
  hear_much();
  remove(6);
  hear_from(1, {says(2, {1, us}, ++version)});
  BOOST_TEST(sent() == "1: 5, 2: 2 5, 3: 2 5, 4: 2 5");
  hear_from(1, {says(2, {us}, ++version)});
  BOOST_TEST(sent() == "2: 2, 3: 2, 4: 2");
}

BOOST_AUTO_TEST_CASE(what_waited_for_one_that_is_gone_goes_another_way) {
  for (int i = 0; i < 8; ++i) {
    gathering other;
    other.connect_dense();
    for (unsigned k : {2, 3, 4, 6})
      other.remove(k);
    other.skip_announcements();
    other.hear_much();
    for (int k = 0; k < i; ++k) {
      other.hear_from(19, {other.dense(19)});
      other.sent();
    }
    other.hear_from(19, {other.dense(19, 60)});
    // Our parent in the common tree. After it, 10 is.
    other.remove(1);
    BOOST_TEST(told(other.sent(), 10).find(" 19") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(broadcasts_go_on_along_their_trees) {
  hear_much();
  hear_from(1, {says(2, {1, us}, ++version)});
  sent();
  BOOST_TEST(broadcast_from(1, {says(2, {1, 3, us}, ++version)}) == "2");
  BOOST_TEST(sent() == "");
}

BOOST_AUTO_TEST_CASE(others_are_told_by_broadcast_of_what_goes_over_a_go_peer) {
  connect_dense();
  connect(50);
  auto record = says(50, {us}, ++version);
  std::vector<peer_record> all;
  for (unsigned i = 60; i < 80; ++i) {
    record.connections.push_back(says(50, {i}).connections.front());
    all.push_back(says(i, {50}));
  }
  all.push_back(record);
  hear_from(50, all);
  skip_announcements();
  hear_much();
  now += 1s;
  state.take_announcement(now);
  BOOST_TEST(!hear_from(10, {dense(10, 90)}).news);
  BOOST_TEST(sent() == "");
  now += 1s;
  BOOST_TEST(announced() == "10");
  remove(2);
  now += 1s;
  BOOST_TEST(announced() == "5");
}

BOOST_AUTO_TEST_CASE(views_are_compared_with_those_who_understand_digests) {
  for (unsigned i = 50; i < 60; ++i)
    connect(i);
  for (int i = 0; i < 20; ++i) {
    hear_much();
    now += news_spreading::calm;
    while (auto neighbour = state.take_to_compare(now)) {
      BOOST_TEST(neighbour->number() < 50u);
      now += news_spreading::until_compared;
      if (!state.take_to_compare(now))
        break;
    }
  }
}

BOOST_AUTO_TEST_CASE(a_go_peer_that_we_knew_is_told_everything) {
  hear_much();
  auto x = add(offer(100, 100));
  BOOST_TEST_REQUIRE(bool{x});
  BOOST_TEST(!x->compare_later);
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
