#include "actors/core/mesh/mesh_model.hpp"

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
    other.state.set_date(date + 1ms);
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

// The highest version that is accepted, the highest UID, a short ID and a long
// nickname make a record that takes precedence over all others.
BOOST_AUTO_TEST_CASE(we_outlive_the_greatest_record) {
  auto lie = says(us, {9}, last_version());
  lie.peer.uid = peer_uid{UINT64_MAX};
  lie.peer.nickname.assign(1024, '\xff');
  hear({lie});
  BOOST_TEST((record(us).peer.uid == peer_uid{500}));
  BOOST_TEST(version_of(us) == last_version() + 1);
  BOOST_TEST(announced() == "5");
  BOOST_TEST(outlives(lie));
}

BOOST_AUTO_TEST_CASE(we_outlive_a_record_that_a_faster_clock_has_accepted) {
  const auto accepted = last_version(date + 100ms);
  says_of_us(accepted);
  BOOST_TEST(version_of(us) == accepted + 1);
  BOOST_TEST(announced() == "5");
}

// The clock of a host without a battery may stand at 1970 until it is set.
BOOST_AUTO_TEST_CASE(announcements_end_although_the_clock_is_not_set) {
  state.set_date(wall_time{});
  says_of_us(record_limits::max_version(wall_time{}));
  int times = 0;
  for (; announced() == "5" && times < 20; ++times)
    wait(1s);
  BOOST_TEST(times >= 6);
  BOOST_TEST(times <= 8);
}

// Peers whose clocks are a little behind ignore our record at first.
BOOST_AUTO_TEST_CASE(a_very_high_version_is_announced_for_some_seconds) {
  says_of_us(last_version());
  for (auto passed = 0s; passed <= 6s; passed += 1s) {
    state.set_date(date + passed);
    BOOST_TEST(announced() == "5");
    wait(1s);
  }
  BOOST_TEST(!state.wake_at().has_value());
}

BOOST_AUTO_TEST_CASE(a_version_is_accepted_once_an_honest_peer_can_reach_it) {
  const auto later = last_version(date + 1ms);
  hear({says(1, {us}, last_version())});
  BOOST_TEST(version_of(1) == last_version());
  hear({says(1, {us}, later)});
  BOOST_TEST(version_of(1) == last_version());
  state.set_date(date + 1ms);
  hear({says(1, {us}, later)});
  BOOST_TEST(version_of(1) == later);
}

BOOST_AUTO_TEST_CASE(a_version_that_no_honest_peer_reaches_is_ignored) {
  for (auto peer : {2u, us}) {
    auto lie = says(peer, {1}, last_version(date + 100ms) + 1);
    auto before = version_of(us);
    auto applied = hear({says(1, {us, 3}, 7), lie, says(3, {1})});
    BOOST_TEST(effects.refused_records == 1u);
    BOOST_TEST(known() == "1 3 5");
    BOOST_TEST(version_of(us) == before);
    BOOST_TEST(!effects.impersonated);
    BOOST_TEST(effects.is_our_clock_late == (peer == us));
  }
}

BOOST_AUTO_TEST_CASE(
  a_peer_whose_clock_is_late_outlives_once_its_clock_is_set) {
  const auto lie = says(us, {1}, last_version(date + 1h));
  hear({lie});
  BOOST_TEST(effects.is_our_clock_late);
  BOOST_TEST(version_of(us) < lie.peer.version);
  effects = {};
  state.set_date(date + 1h);
  hear({lie});
  BOOST_TEST(!effects.is_our_clock_late);
  BOOST_TEST(effects.impersonated);
  BOOST_TEST(version_of(us) == lie.peer.version + 1);
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
  BOOST_TEST(add(2).engaged());
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

BOOST_AUTO_TEST_SUITE_END()
