#include "actors/core/mesh/mesh_model.hpp"

#include <algorithm>
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"
#include <cafmesh/bytes.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

std::vector<bytes> updates_of_go() {
  std::ifstream in{CAFMESH_TEST_DATA "/wire-mac.json"};
  auto vectors = nlohmann::json::parse(in);
  std::vector<bytes> result;
  for (auto& x : vectors.at("topology")) {
    result.emplace_back();
    from_hex(x.at("gob").get<std::string>(), result.back());
  }
  return result;
}

/// Cuts `update` short at every byte. Each result must be refused and change
/// nothing, except `expected` results that are valid updates. Those end between
/// two peers, or after a definition and before the first peer.
void check_all_cuts(const bytes& update, std::size_t expected) {
  std::size_t whole = 0;
  for (std::size_t size = 1; size < update.size(); ++size) {
    view fresh;
    fresh.connect(1);
    fresh.hear({says(1, {us, 2})});
    auto before = fresh.state.records();
    auto addresses = fresh.state.discovered_addresses(6783);
    auto result = fresh.hear_bytes(byte_view{update}.sub(0, size));
    if (result) {
      ++whole;
      continue;
    }
    BOOST_REQUIRE(is(result.error(), errc::malformed));
    BOOST_REQUIRE(same(before, fresh.state.records()));
    BOOST_REQUIRE(!fresh.effects.routes_changed);
    BOOST_REQUIRE(fresh.effects.joined.empty());
    BOOST_REQUIRE(addresses == fresh.state.discovered_addresses(6783));
  }
  BOOST_TEST(whole == expected);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_updates_tests, view_of_one_neighbour)

BOOST_AUTO_TEST_CASE(unknown_peers_are_added) {
  auto applied = hear({says(1, {us, 2}), says(2, {1})});
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(names_of(effects.joined) == "2");
  BOOST_TEST(effects.routes_changed);
  BOOST_TEST(subjects(applied.news) == "1 2");
  BOOST_TEST(subjects(applied.everything) == "1 2");
}

BOOST_AUTO_TEST_CASE(an_applied_record_is_kept_as_it_came) {
  auto theirs = says(2, {1, 7}, 3);
  theirs.connections[1].established = false;
  theirs.connections[0].outbound = false;
  hear({says(1, {us, 2}), theirs});
  BOOST_TEST(same({record(2)}, {theirs}));
}

BOOST_AUTO_TEST_CASE(a_record_is_passed_on_as_it_came) {
  std::vector<peer_record> records{says(1, {2, us}), says(2, {1, 7}, 3)};
  BOOST_TEST(same(read(hear(records).news), records));
}

BOOST_AUTO_TEST_CASE(updates_encoded_by_go_are_understood) {
  for (auto& update : updates_of_go()) {
    view fresh;
    auto result = fresh.hear_bytes(update);
    BOOST_REQUIRE(result);
    BOOST_TEST(fresh.state.records().size() > 1u);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_update_changes_nothing) {
  auto applied = hear_bytes(byte_view{});
  BOOST_REQUIRE(applied);
  BOOST_TEST(subjects(applied->everything) == "none");
  BOOST_TEST(subjects(applied->news) == "none");
}

// -- mere names

BOOST_AUTO_TEST_CASE(a_peer_that_is_merely_named_is_not_known) {
  hear({says(1, {2, us})});
  BOOST_TEST(known() == "1 5");
  BOOST_TEST(effects.joined.empty());
  BOOST_TEST(!state.current_routes()->next_hop(name_of(2)).has_value());
  BOOST_TEST(same({record(1)}, {says(1, {2, us})}));
}

BOOST_AUTO_TEST_CASE(a_mere_name_becomes_a_peer_once_it_has_a_record) {
  hear({says(1, {2, us})});
  auto applied = hear({says(2, {1}, 0)});
  BOOST_TEST(names_of(effects.joined) == "2");
  BOOST_TEST(effects.restarted.empty());
  BOOST_TEST(subjects(applied.news) == "2");
  BOOST_TEST(record(2).connections.size() == 1u);
  BOOST_TEST(effects.routes_changed);
  BOOST_TEST(state.current_routes()->next_hop(name_of(2)).has_value());
  BOOST_TEST(same({record(1)}, {says(1, {2, us})}));
}

BOOST_AUTO_TEST_CASE(mere_names_are_passed_on_in_records_only) {
  auto applied = hear({says(1, {2, us})});
  BOOST_TEST(subjects(applied.everything) == "1");
  BOOST_TEST(same(read(applied.everything), {says(1, {2, us})}));
  BOOST_TEST(subjects(state.complete()) == "1 5");
}

BOOST_AUTO_TEST_CASE(a_record_without_a_uid_is_ignored) {
  auto empty = says(2, {});
  empty.peer = {name_of(2), "", peer_uid::none, 0, std::nullopt};
  auto applied = hear({empty});
  BOOST_TEST(known() == "1 5");
  BOOST_TEST(subjects(applied.everything) == "none");
  BOOST_TEST(!effects.routes_changed);
}

// -- which record is newer

BOOST_AUTO_TEST_CASE(an_older_version_is_ignored) {
  hear({says(1, {us, 2}, 7)});
  auto applied = hear({says(1, {us}, 6)});
  BOOST_TEST(version_of(1) == 7u);
  BOOST_TEST(subjects(applied.news) == "none");
  BOOST_TEST(!effects.routes_changed);
}

BOOST_AUTO_TEST_CASE(a_broadcast_of_an_older_record_passes_on_the_newer_one) {
  hear({says(1, {us, 2}, 7)});
  auto applied = hear({says(1, {us}, 6)});
  auto passed_on = read(applied.everything);
  BOOST_REQUIRE(passed_on.size() == 1u);
  BOOST_TEST(passed_on[0].peer.version == 7u);
  BOOST_TEST(passed_on[0].connections.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_higher_version_replaces_everything) {
  hear({says(1, {us, 2}, 7)});
  auto theirs = says(1, {us}, 8);
  theirs.peer.nickname = "renamed";
  auto applied = hear({theirs});
  BOOST_TEST(same({record(1)}, {theirs}));
  BOOST_TEST(subjects(applied.news) == "1");
}

BOOST_AUTO_TEST_CASE(the_same_record_again_is_not_news) {
  hear({says(1, {us, 2}, 7)});
  auto applied = hear({says(1, {us, 2}, 7)});
  BOOST_TEST(subjects(applied.news) == "none");
  BOOST_TEST(!effects.routes_changed);
}

BOOST_AUTO_TEST_CASE(a_newer_record_of_the_same_connections_keeps_the_routes) {
  hear({says(1, {us}, 7)});
  auto before = state.current_routes();
  hear({says(1, {us}, 8)});
  BOOST_TEST(!effects.routes_changed);
  BOOST_TEST((before == state.current_routes()));
}

BOOST_AUTO_TEST_CASE(with_equal_versions_the_higher_uid_wins) {
  hear({says(1, {us}, 7)});
  auto reborn = says(1, {us, 2}, 7);
  reborn.peer.uid = peer_uid{101};
  hear({reborn});
  BOOST_TEST((record(1).peer.uid == peer_uid{101}));
  BOOST_REQUIRE(effects.restarted.size() == 1u);
  BOOST_TEST((effects.restarted[0].first.uid == peer_uid{100}));
  BOOST_TEST((effects.restarted[0].second.uid == peer_uid{101}));
  BOOST_TEST(effects.joined.empty());
}

BOOST_AUTO_TEST_CASE(with_equal_versions_the_lower_uid_loses) {
  hear({says(1, {us}, 7)});
  auto other = says(1, {us, 2}, 7);
  other.peer.uid = peer_uid{99};
  hear({other});
  BOOST_TEST((record(1).peer.uid == peer_uid{100}));
  BOOST_TEST(known() == "1 5");
}

BOOST_AUTO_TEST_CASE(a_higher_version_wins_whatever_the_uid) {
  hear({says(1, {us}, 7)});
  auto other = says(1, {us}, 8);
  other.peer.uid = peer_uid{1};
  hear({other});
  BOOST_TEST((record(1).peer.uid == peer_uid{1}));
}

BOOST_AUTO_TEST_CASE(a_short_id_that_was_lacking_is_filled_in) {
  auto without = says(1, {us}, 7);
  without.peer.alias.reset();
  hear({without});
  BOOST_TEST(!state.find(short_id{1}));
  auto applied = hear({says(1, {us}, 7)});
  BOOST_TEST((state.find(short_id{1}) == name_of(1)));
  BOOST_TEST(subjects(applied.news) == "1");
  hear({without});
  BOOST_TEST((state.find(short_id{1}) == name_of(1)));
}

BOOST_AUTO_TEST_CASE(of_two_records_of_one_peer_the_newer_counts) {
  hear({says(1, {us, 2}, 8), says(1, {us}, 7)});
  BOOST_TEST(version_of(1) == 8u);
  auto applied = hear({says(1, {us}, 9), says(1, {us, 3}, 10)});
  BOOST_TEST(version_of(1) == 10u);
  BOOST_TEST(subjects(applied.news) == "1");
}

// -- ourselves

BOOST_AUTO_TEST_CASE(an_earlier_life_of_ours_is_outlived) {
  auto earlier = says(us, {2}, 41);
  earlier.peer.uid = peer_uid{7};
  auto applied = hear({says(1, {us}), earlier});
  BOOST_TEST(version_of(us) == 42u);
  BOOST_TEST((record(us).peer.uid == peer_uid{500}));
  BOOST_TEST(!effects.impersonated);
  BOOST_TEST(announced() == "5");
  BOOST_TEST(subjects(applied.news) == "1 5");
  BOOST_TEST(known() == "1 5");
}

BOOST_AUTO_TEST_CASE(an_earlier_life_is_passed_on_as_the_present_one) {
  auto earlier = says(us, {2}, 41);
  earlier.peer.uid = peer_uid{7};
  auto passed_on = read(hear({earlier}).everything);
  BOOST_REQUIRE(passed_on.size() == 1u);
  BOOST_TEST(passed_on[0].peer.version == 42u);
  BOOST_TEST((passed_on[0].peer.uid == peer_uid{500}));
}

BOOST_AUTO_TEST_CASE(an_earlier_life_with_a_lower_version_is_ignored) {
  auto earlier = says(us, {2}, 1);
  earlier.peer.uid = peer_uid{7};
  hear({earlier});
  BOOST_TEST(version_of(us) == 2u);
  BOOST_TEST(announced() == "none");
}

BOOST_AUTO_TEST_CASE(older_records_of_our_present_life_are_ignored) {
  hear({says(us, {2, 3}, 1)});
  BOOST_TEST(version_of(us) == 2u);
  BOOST_TEST(record(us).connections.size() == 1u);
  BOOST_TEST(announced() == "none");
  BOOST_TEST(!effects.impersonated);
}

// -- damage

BOOST_AUTO_TEST_CASE(an_update_cut_anywhere_changes_nothing) {
  check_all_cuts(update_of({says(1, {2, 3, us}, 2), says(2, {1, 8}, 5),
                            says(9, {2}), says(us, {1}, 77)}),
                 3 + 3);
}

BOOST_AUTO_TEST_CASE(an_update_of_go_cut_anywhere_changes_nothing) {
  auto updates = updates_of_go();
  auto longest =
    std::max_element(updates.begin(), updates.end(),
                     [](auto& x, auto& y) { return x.size() < y.size(); });
  std::size_t pairs = 0;
  wire::topology_update_reader reader{*longest, name_flavour::mac};
  for (peer_summary x; reader.next(x);)
    ++pairs;
  check_all_cuts(*longest, 1 + (pairs - 1));
}

BOOST_AUTO_TEST_CASE(names_of_the_other_flavour_are_an_error) {
  auto theirs = says(2, {});
  theirs.peer.name =
    *peer_name::parse("000102030405060708090a0b0c0d0e0f", name_flavour::hash);
  auto result = hear_bytes(update_of({theirs}));
  BOOST_REQUIRE(!result);
  BOOST_TEST(is(result.error(), errc::bad_peer_name));
  BOOST_TEST(known() == "1 5");
}

BOOST_AUTO_TEST_CASE(of_two_lives_in_one_update_the_more_recent_counts) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1})});
  hear({says(1, {us}, 2)});
  // Peer 2 is unreachable now, so any record of it with a different UID
  // replaces the one that we have.
  auto recent = says(2, {1}, 5);
  recent.peer.uid = peer_uid{7};
  auto older = says(2, {1}, 3);
  older.peer.uid = peer_uid{8};
  hear({recent, older, says(1, {us, 2}, 3)});
  BOOST_TEST((record(2).peer.uid == peer_uid{7}));
  auto again = hear({recent, older, says(1, {us, 2}, 3)});
  BOOST_TEST(subjects(again.news) == "none");
}

BOOST_AUTO_TEST_CASE(our_own_record_goes_only_with_others) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1})});
  hear({says(1, {us}, 2)});
  connect(3); // so our announcement waits
  // Peer 2 is unreachable now, so its new life is not passed on.
  auto restarted = says(2, {1});
  restarted.peer.uid = peer_uid{7};
  BOOST_TEST(subjects(hear({restarted}).news) == "none");
}

BOOST_AUTO_TEST_CASE(records_are_sent_in_the_order_of_their_names) {
  std::vector<peer_record> said{says(1, {us})};
  for (unsigned x = 40; x > us; --x) {
    said[0].connections.push_back(says(0, {x}).connections[0]);
    said.push_back(says(x, {1}));
  }
  connect(1);
  auto news = hear(said).news;
  for (auto& data : {news, state.complete()}) {
    auto records = read(data);
    BOOST_TEST(records.size() >= 36u);
    auto by_name = [](const peer_record& x, const peer_record& y) {
      return x.peer.name < y.peer.name;
    };
    BOOST_TEST(std::is_sorted(records.begin(), records.end(), by_name));
  }
}

BOOST_AUTO_TEST_CASE(a_record_that_an_update_repeats_is_news_once) {
  connect(1);
  const std::vector<peer_record> said(100, says(1, {us}));
  auto applied = hear(said);
  BOOST_TEST(read(applied.news).size() == 1u);
  BOOST_TEST(read(applied.everything).size() == 1u);
}

BOOST_AUTO_TEST_CASE(connections_in_a_stale_record_are_not_decoded) {
  connect(1);
  hear({says(1, {us}, 5)});
  auto damaged = [](std::uint64_t version) {
    auto result = update_of({says(1, {}, version)});
    result.back() = 7; // announces 7 connections, which are missing
    return result;
  };
  BOOST_TEST(!!hear_bytes(damaged(4)));
  BOOST_TEST(is(hear_bytes(damaged(6)).error(), errc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
