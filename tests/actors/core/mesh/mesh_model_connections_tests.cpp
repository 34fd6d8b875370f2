#include "actors/core/mesh/mesh_model.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : view {
  static constexpr connection_id id(unsigned x) {
    return static_cast<connection_id>(x);
  }

  bool refused(const connection_offer& x, errc why) {
    auto result = add(x);
    return !result && is(result.error(), why);
  }

  bool has_established_path(unsigned peer) const {
    return state.current_routes()
      ->over(route_scope::established)
      .next_hop(name_of(peer))
      .has_value();
  }
};

connection_offer offer_from(const std::string& address, unsigned peer) {
  auto result = view::offer(peer, peer);
  result.remote_address = address;
  result.outbound = false;
  return result;
}

mesh_model_options at_most(std::size_t connections) {
  mesh_model_options result;
  result.connection_limit = connections;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_connections_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_peer_is_admitted_and_wants_everything) {
  auto admitted = add(1);
  BOOST_REQUIRE(admitted);
  BOOST_TEST(admitted->new_peer);
  BOOST_TEST(!admitted->restarted);
  BOOST_TEST(admitted->wants_everything());
  BOOST_TEST(known() == "1 5");
  BOOST_TEST(names_of(effects.joined) == "1");
  BOOST_TEST(effects.routes_changed);
  BOOST_TEST(state.connection_count() == 1u);
}

BOOST_AUTO_TEST_CASE(our_record_names_the_connection) {
  add(1);
  auto ours = record(us);
  BOOST_TEST(ours.peer.version == 1u);
  connection_summary expected{name_of(1), "10.0.0.1:6783", true, false};
  BOOST_REQUIRE(ours.connections.size() == 1u);
  BOOST_TEST((ours.connections[0] == expected));
}

BOOST_AUTO_TEST_CASE(our_record_shows_that_a_connection_is_established) {
  add(1);
  BOOST_TEST(establish(1));
  BOOST_TEST(effects.routes_changed);
  BOOST_TEST(record(us).connections[0].established);
  BOOST_TEST(version_of(us) == 2u);
}

BOOST_AUTO_TEST_CASE(establishing_twice_changes_nothing) {
  connect(1);
  BOOST_TEST(establish(1));
  BOOST_TEST(!effects.routes_changed);
  BOOST_TEST(version_of(us) == 2u);
}

BOOST_AUTO_TEST_CASE(an_unknown_connection_cannot_be_established) {
  BOOST_TEST(!establish(1));
  BOOST_TEST(version_of(us) == 0u);
}

BOOST_AUTO_TEST_CASE(removing_an_unknown_connection_does_nothing) {
  connect(1);
  remove(2);
  BOOST_TEST(!effects.routes_changed);
  BOOST_TEST(version_of(us) == 2u);
  BOOST_TEST(state.connection_count() == 1u);
}

BOOST_AUTO_TEST_CASE(both_ends_must_report_a_connection_as_established) {
  connect(1);
  BOOST_TEST(!has_established_path(1));
  hear({says(1, {us})});
  BOOST_TEST(has_established_path(1));
}

BOOST_AUTO_TEST_CASE(our_own_end_must_be_established) {
  add(1);
  hear({says(1, {us})});
  BOOST_TEST(!has_established_path(1));
  establish(1);
  BOOST_TEST(has_established_path(1));
}

// -- which remotes need the complete state

//  5 - 1 - 2, and then 5 - 2
BOOST_AUTO_TEST_CASE(a_peer_with_an_established_path_wants_nothing) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1})});
  auto admitted = add(2);
  BOOST_REQUIRE(admitted);
  BOOST_TEST(!admitted->wants_everything());
}

//  5 - 1 > 2, and then 5 - 2
// At first, only peer 1 reports a connection to 2.
BOOST_AUTO_TEST_CASE(a_peer_that_others_merely_name_is_new) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {})});
  BOOST_TEST(add(2)->new_peer);
}

BOOST_AUTO_TEST_CASE(a_peer_with_another_uid_has_restarted) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1})});
  auto x = offer(2, 2);
  x.remote.uid = peer_uid{201};
  auto admitted = add(x);
  BOOST_TEST(admitted->restarted);
  BOOST_TEST(!admitted->new_peer);
  BOOST_TEST(admitted->wants_everything());
}

BOOST_AUTO_TEST_CASE(an_introduction_makes_a_peer_known_that_was_a_mere_name) {
  connect(1);
  hear({says(1, {us, 2})});
  BOOST_TEST(!add(2)->restarted);
  BOOST_TEST(names_of(effects.joined) == "2");
  BOOST_TEST((record(2).peer.uid == peer_uid{200}));
  BOOST_TEST(record(2).peer.nickname == "peer-2");
  BOOST_TEST(version_of(2) == 0u);
}

BOOST_AUTO_TEST_CASE(an_introduction_does_not_replace_a_record) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1}, 9)});
  auto x = offer(2, 2);
  x.remote.uid = peer_uid{999};
  add(x);
  BOOST_TEST((record(2).peer.uid == peer_uid{200}));
  BOOST_TEST(version_of(2) == 9u);
}

// -- two connections to one peer

// Any member can dial in the name of peer 1, with its UID.
BOOST_AUTO_TEST_CASE(no_second_connection_ends_the_first) {
  add(1, 10);
  auto before = state.records();
  for (unsigned uid : {5u, 10u, 20u}) {
    auto x = offer(1, 11);
    x.uid = connection_uid{uid};
    BOOST_TEST(refused(x, errc::multiple_connections));
    BOOST_TEST_REQUIRE(effects.contested.has_value());
    BOOST_TEST((effects.contested->id == id(10)));
    BOOST_TEST(effects.contested->is_same_life);
    BOOST_TEST(effects.contested->is_favoured == (uid >= 10));
    BOOST_TEST(same(before, state.records()));
  }
}

BOOST_AUTO_TEST_CASE(another_life_is_told_from_the_present_one) {
  add(1, 10);
  auto x = offer(1, 11);
  x.remote.uid = peer_uid{101};
  BOOST_TEST(refused(x, errc::multiple_connections));
  BOOST_TEST_REQUIRE(effects.contested.has_value());
  BOOST_TEST(!effects.contested->is_same_life);
}

BOOST_AUTO_TEST_CASE(the_same_connection_may_be_offered_again) {
  add(1);
  BOOST_TEST(add(1).engaged());
  BOOST_TEST(!effects.routes_changed);
  BOOST_TEST(!effects.contested.has_value());
  BOOST_TEST(version_of(us) == 1u);
}

//  5 = 1 - 2, with two connections between 5 and 1
BOOST_AUTO_TEST_CASE(a_new_connection_takes_the_place_of_one_that_has_ended) {
  add(1, 20);
  establish(20);
  hear({says(1, {us, 2}), says(2, {1})});
  auto admitted = replace(20, offer(1, 10));
  BOOST_TEST(admitted.wants_everything());
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
  BOOST_TEST(state.connection_count() == 1u);
  BOOST_TEST(!record(us).connections[0].established);
  BOOST_TEST(!establish(20));
  BOOST_TEST(establish(10));
  remove(20);
  BOOST_TEST(state.connection_count() == 1u);
}

// -- refusals

BOOST_AUTO_TEST_CASE(our_name_with_another_uid_is_a_collision) {
  auto x = offer(us, 1);
  x.remote.uid = peer_uid{501};
  BOOST_TEST(refused(x, errc::name_collision));
}

BOOST_AUTO_TEST_CASE(our_name_with_our_uid_is_ourselves) {
  BOOST_TEST(refused(offer(us, 1), errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(a_discovered_connection_must_lead_to_a_known_peer) {
  auto x = offer(1, 1);
  x.may_be_new = false;
  BOOST_TEST(refused(x, errc::unknown_peer));
  BOOST_TEST(known() == "5");
}

BOOST_AUTO_TEST_CASE(a_discovered_connection_to_a_known_peer_is_admitted) {
  connect(1);
  hear({says(1, {us, 2}), says(2, {1})});
  auto x = offer(2, 2);
  x.may_be_new = false;
  BOOST_TEST(add(x).engaged());
}

BOOST_AUTO_TEST_CASE(a_refused_offer_leaves_nothing_behind) {
  view limited{at_most(1)};
  limited.connect(1);
  limited.skip_announcements();
  auto before = limited.state.records();
  auto result = limited.add(2);
  BOOST_REQUIRE(!result);
  BOOST_TEST(is(result.error(), errc::connection_limit));
  BOOST_TEST(same(before, limited.state.records()));
  BOOST_TEST(!limited.state.wake_at().has_value());
  BOOST_TEST(!limited.effects.routes_changed);
}

BOOST_AUTO_TEST_CASE(an_address_with_two_more_makes_room_under_the_limit) {
  view limited{at_most(4)};
  limited.add(offer_from("10.0.9.9:1001", 1));
  limited.add(offer_from("10.0.9.9:1002", 2));
  limited.add(offer_from("10.0.0.3:1003", 3));
  limited.add(offer_from("10.0.0.4:1004", 4));
  BOOST_TEST(limited.add(offer_from("10.0.0.6:1006", 6)).engaged());
  BOOST_TEST((limited.effects.displaced == std::vector<connection_id>{id(2)}));
  BOOST_TEST(limited.state.connection_count() == 4u);
  auto again = limited.add(offer_from("10.0.9.9:1002", 2));
  BOOST_TEST_REQUIRE(!again);
  BOOST_TEST(is(again.error(), errc::connection_limit));
  BOOST_TEST(!limited.add(offer_from("10.0.0.7:1007", 7)).engaged());
  BOOST_TEST(limited.effects.displaced.empty());
}

BOOST_AUTO_TEST_CASE(what_we_dialled_makes_no_room) {
  view limited{at_most(3)};
  for (unsigned peer = 1; peer < 4; ++peer) {
    auto x = offer(peer, peer);
    x.remote_address = "10.0.9.9:6783";
    limited.add(x);
  }
  BOOST_TEST(!limited.add(offer_from("10.0.0.6:1006", 6)).engaged());
  BOOST_TEST(limited.effects.displaced.empty());
}

BOOST_AUTO_TEST_CASE(only_an_address_of_the_user_makes_room_for_our_dial) {
  view limited{at_most(2)};
  limited.add(offer_from("10.0.9.9:1001", 1));
  limited.add(offer_from("10.0.9.9:1002", 2));
  limited.hear({says(1, {us, 3}), says(3, {1})});
  auto x = offer(3, 3);
  x.remote_address = "10.0.9.9:6783";
  x.may_be_new = false;
  BOOST_TEST(!limited.add(x).engaged());
  x.may_be_new = true;
  BOOST_TEST(limited.add(x).engaged());
  BOOST_TEST((limited.effects.displaced == std::vector<connection_id>{id(2)}));
}

BOOST_AUTO_TEST_CASE(a_connection_that_ended_makes_room_for_another) {
  view limited{at_most(1)};
  limited.add(1);
  limited.remove(1);
  BOOST_TEST(limited.add(2).engaged());
}

BOOST_AUTO_TEST_CASE(a_removed_connection_is_unknown_from_then_on) {
  add(1, 20);
  remove(20);
  add(1, 30);
  BOOST_TEST(!establish(20));
  remove(20);
  BOOST_TEST(state.connection_count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
