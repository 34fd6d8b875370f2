#include "actors/core/mesh/mesh_model.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/record_limits.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a mesh model that receives false records, about us and about others.
namespace {

/// The model of our peer, connected to peer 1, which passes on all records that
/// a lying peer sends.
struct fixture : view_of_one_neighbour {
  void says_of_us(std::uint64_t version, unsigned uid = us * 100) {
    auto lie = says(us, {9}, version);
    lie.peer.uid = peer_uid{uid};
    hear({lie});
  }

  /// Whether other peers prefer our own record to this forged record of us.
  bool outlives(const peer_record& lie) {
    view other;
    other.state = mesh_model{
      local_identity{name_of(1), "other", peer_uid{100}, short_id{1}}, {}};
    other.add(us);
    other.hear({lie});
    other.hear(read(state.complete()));
    return same({other.record(us)}, {record(us)});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_liars_tests, fixture)

// -- records of one version and different content

BOOST_AUTO_TEST_CASE(views_converge_whichever_record_comes_first) {
  auto one = says(2, {1, 3}, 7);
  auto other = says(2, {1, 4}, 7);
  view second;
  second.connect(1);
  hear({says(1, {us, 2}), one});
  second.hear({says(1, {us, 2}), other});
  BOOST_TEST(!same({record(2)}, {second.record(2)}));
  hear({other});
  second.hear({one});
  BOOST_TEST(same({record(2)}, {second.record(2)}));
}

BOOST_AUTO_TEST_CASE(other_content_is_news_once) {
  auto one = says(2, {1, 3}, 7);
  auto other = says(2, {1, 4}, 7);
  hear({says(1, {us, 2}), one});
  auto first = subjects(hear({other}).news);
  auto second = subjects(hear({one}).news);
  BOOST_TEST(
    (first == "2" || second == "2" || (first == "none" && second == "none")));
  BOOST_TEST(subjects(hear({other, one}).news) == "none");
  BOOST_TEST(subjects(hear({one, other}).news) == "none");
}

BOOST_AUTO_TEST_CASE(the_order_of_connections_makes_no_difference) {
  auto x = says(2, {1, 3}, 7);
  hear({says(1, {us, 2}), x});
  std::swap(x.connections[0], x.connections[1]);
  BOOST_TEST(subjects(hear({x}).news) == "none");
}

// -- claims about us

BOOST_AUTO_TEST_CASE(we_outlive_a_higher_version_of_our_present_life) {
  says_of_us(1'000'000'000);
  BOOST_TEST(version_of(us) == 1'000'000'001u);
  BOOST_TEST(record(us).connections.size() == 1u);
  BOOST_TEST(effects.impersonated);
  BOOST_TEST(announced() == "5");
  BOOST_TEST(outlives(says(us, {9}, 1'000'000'000)));
}

// The directory of names asks for our UID whenever the routes have changed, so
// a new UID must count as such a change.
BOOST_AUTO_TEST_CASE(a_new_uid_of_ours_counts_as_a_change_of_routes) {
  says_of_us(1'000'000'000);
  BOOST_TEST(!effects.routes_changed);
  says_of_us(record_limits::max_version);
  BOOST_TEST(effects.routes_changed);
}

BOOST_AUTO_TEST_CASE(we_outlive_our_own_version_with_other_content) {
  auto before = version_of(us);
  says_of_us(before);
  BOOST_TEST(version_of(us) == before + 1);
  BOOST_TEST(effects.impersonated);
  BOOST_TEST(announced() == "5");
}

BOOST_AUTO_TEST_CASE(our_own_record_that_comes_back_changes_nothing) {
  hear(read(state.complete()));
  BOOST_TEST(!effects.impersonated);
  BOOST_TEST(announced() == "none");
}

// Programs that predate short IDs pass on our record without its short ID.
BOOST_AUTO_TEST_CASE(our_record_without_its_short_id_changes_nothing) {
  auto ours = record(us);
  ours.peer.alias.reset();
  hear({ours});
  BOOST_TEST(!effects.impersonated);
  BOOST_TEST(announced() == "none");
}

BOOST_AUTO_TEST_CASE(a_few_records_of_earlier_lives_are_not_impersonation) {
  for (unsigned i = 0; i < 4; ++i)
    says_of_us(100 + 10 * i, 7);
  BOOST_TEST(!effects.impersonated);
  says_of_us(1000, 7);
  BOOST_TEST(effects.impersonated);
}

BOOST_AUTO_TEST_CASE(at_the_last_version_we_take_a_new_uid) {
  auto last = record_limits::max_version;
  auto lie = says(us, {9}, last);
  says_of_us(last);
  BOOST_TEST(version_of(us) == last);
  BOOST_TEST((record(us).peer.uid > peer_uid{500}));
  BOOST_TEST(outlives(lie));
  // The UID with which we introduce ourselves must not change.
  BOOST_TEST((state.self().uid == peer_uid{500}));
  auto before = record(us).peer.uid;
  add(2);
  BOOST_TEST((record(us).peer.uid > before));
}

BOOST_AUTO_TEST_CASE(at_the_last_version_we_outlive_a_higher_uid) {
  auto lie = says(us, {9}, record_limits::max_version);
  lie.peer.uid = peer_uid{1'000'000};
  hear({lie});
  BOOST_TEST(outlives(lie));
}

BOOST_AUTO_TEST_CASE(versions_up_to_48_bits_are_accepted) {
  hear({says(1, {us}, 0xffff'ffff'ffff)});
  BOOST_TEST(version_of(1) == 0xffff'ffff'ffff);
  hear({says(1, {us}, 0x1'0000'0000'0000)});
  BOOST_TEST(version_of(1) == 0xffff'ffff'ffff);
}

BOOST_AUTO_TEST_CASE(a_version_that_no_honest_peer_reaches_is_ignored) {
  for (auto peer : {2u, us}) {
    auto lie = says(peer, {1}, record_limits::max_version + 1);
    auto before = version_of(us);
    auto applied = hear({says(1, {us, 3}, 7), lie, says(3, {1})});
    BOOST_TEST(effects.refused_records == 1u);
    BOOST_TEST(known() == "1 3 5");
    BOOST_TEST(version_of(us) == before);
    BOOST_TEST(!effects.impersonated);
  }
}

BOOST_AUTO_TEST_CASE(a_short_id_that_no_peer_can_have_costs_only_its_record) {
  auto lie = says(2, {1});
  lie.peer.alias = static_cast<short_id>(4096);
  auto applied =
    hear_bytes(update_of({says(1, {us, 3}, 7), lie, says(3, {1})}));
  BOOST_TEST_REQUIRE(applied.engaged());
  BOOST_TEST(effects.refused_records == 1u);
  BOOST_TEST(known() == "1 3 5");
  BOOST_TEST(subjects(applied->news) == "1 3");
}

// -- limits

BOOST_AUTO_TEST_CASE(long_nicknames_are_cut_and_long_addresses_left_out) {
  auto x = says(1, {us, 2});
  x.peer.nickname.assign(1025, 'n');
  x.connections[0].remote_address.assign(65, 'a');
  x.connections[1].remote_address.assign(64, 'a');
  hear({x});
  BOOST_TEST(record(1).peer.nickname.size() == 1024u);
  auto links = record(1).connections;
  BOOST_REQUIRE(links.size() == 2u);
  for (auto& link : links)
    BOOST_TEST(link.remote_address.size()
               == (link.remote == name_of(us) ? 0u : 64u));
  // When the same long record arrives again, it is cut before it is compared,
  // so it is not news.
  BOOST_TEST(subjects(hear({x}).news) == "none");
}

BOOST_AUTO_TEST_CASE(of_too_many_connections_the_lowest_names_count) {
  std::vector<unsigned> remotes;
  for (unsigned i = 0; i <= record_limits::max_connections; ++i)
    remotes.push_back(10 + i);
  hear({says(1, remotes)});
  auto links = record(1).connections;
  BOOST_REQUIRE(links.size() == record_limits::max_connections);
  BOOST_TEST((links.back().remote == name_of(remotes[links.size() - 1])));
}

BOOST_AUTO_TEST_CASE(records_beyond_the_limit_of_mere_names_are_refused) {
  unsigned next = 100;
  std::vector<peer_record> records;
  for (unsigned peer = 10; next < 100 + record_limits::max_unresolved; ++peer) {
    std::vector<unsigned> remotes;
    for (unsigned i = 0; i < 8192; ++i)
      remotes.push_back(next++);
    records.push_back(says(peer, remotes));
  }
  hear(records);
  BOOST_TEST(effects.refused_records == 0u);
  hear({says(99, {1'000'000})});
  BOOST_TEST(effects.refused_records == 1u);
  // A record does not count towards the limit if the model already knows all
  // peers that the record names.
  hear({says(98, {us})});
  BOOST_TEST(effects.refused_records == 0u);
}

BOOST_AUTO_TEST_CASE(peers_beyond_the_limit_are_refused) {
  std::vector<peer_record> records;
  for (unsigned i = 0; i < record_limits::max_peers + 10; ++i) {
    records.push_back(says(100 + i, {}));
    records.back().peer.alias.reset();
  }
  hear(records);
  BOOST_TEST(state.records().size() == record_limits::max_peers);
  BOOST_TEST(effects.refused_records == 12u);
  // Our own neighbours must be admitted in spite of the limit.
  BOOST_TEST(add(2).engaged());
  // Peers that have left must make room for others.
  wait(1s);
  BOOST_TEST(known() == "1 2 5");
  hear({says(2, {us, 3}), says(3, {2})});
  BOOST_TEST(effects.refused_records == 0u);
  BOOST_TEST(known() == "1 2 3 5");
}

// -- our announcements

BOOST_AUTO_TEST_CASE(a_large_record_of_a_neighbour_delays_no_announcement) {
  std::vector<unsigned> remotes;
  for (unsigned i = 0; i < 10'000; ++i)
    remotes.push_back(100 + i);
  std::vector<peer_record> records{says(1, {us, 2}), says(2, remotes)};
  for (unsigned i = 0; i < 1000; ++i)
    records.push_back(says(100 + i, {2}));
  hear(records);
  connect(2);
  BOOST_TEST(announced() == "2 5");
  connect(3);
  now += 1s;
  BOOST_TEST(announced() == "3 5");
}

// -- our record, which shows the path to peers that are passed on

BOOST_AUTO_TEST_CASE(news_goes_with_our_waiting_record_that_shows_the_way) {
  connect(2);
  auto applied = hear({says(2, {us, 3}), says(3, {2})});
  BOOST_TEST(subjects(applied.news) == "2 3 5");
  BOOST_TEST(subjects(applied.everything) == "2 3 5");
  auto passed_on = read(applied.news);
  BOOST_TEST(same({passed_on.back()}, {record(us)}));
}

BOOST_AUTO_TEST_CASE(news_between_two_announcements_goes_with_our_record) {
  connect(2);
  BOOST_TEST(announced() == "2 5");
  now += 200ms;
  connect(3);
  BOOST_TEST(announced() == "none");
  BOOST_TEST(subjects(hear({says(3, {us, 4}), says(4, {3})}).news) == "3 4 5");
}

BOOST_AUTO_TEST_CASE(an_announced_record_does_not_go_again) {
  connect(2);
  announced();
  BOOST_TEST(subjects(hear({says(2, {us, 3}), says(3, {2})}).news) == "2 3");
}

BOOST_AUTO_TEST_CASE(our_waiting_record_does_not_go_without_news) {
  hear({says(1, {us}, 3)});
  connect(2);
  BOOST_TEST(subjects(hear({says(1, {us}, 2)}).news) == "none");
}

// The step from the old UID to the new one is random, so that a lying peer
// cannot easily prepare a record with the new UID.
BOOST_AUTO_TEST_CASE(a_new_uid_is_a_random_step_of_up_to_1024_higher) {
  says_of_us(record_limits::max_version);
  std::set<std::uint64_t> steps;
  for (int i = 0; i < 20'000; ++i) {
    auto before = value_of(record(us).peer.uid);
    i % 2 == 0 ? remove(1) : void(add(1));
    steps.insert(value_of(record(us).peer.uid) - before);
  }
  BOOST_TEST(*steps.begin() == 1u);
  BOOST_TEST(*steps.rbegin() == 1024u);
}

BOOST_AUTO_TEST_SUITE_END()
