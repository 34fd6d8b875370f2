#include "actors/core/mesh/peers.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  std::string reachable(unsigned from) {
    auto marks = known.reachable_from({at(from)});
    std::vector<peer_name> result;
    for (auto who : known.by_name())
      if (marks[who])
        result.push_back(known.summary(who).name);
    return numbers(result);
  }

  /// Lists each connection as `from>to`, or as `from-to` if both ends report it
  /// as established.
  std::string edges() {
    auto g = known.graph();
    auto number = [&](slot who) {
      return std::to_string(g.peers->names[g.peers->ranks[who]].number());
    };
    std::string result;
    for (auto from : g.peers->slots)
      for (auto& x : g.edges(from)) {
        result += result.empty() ? "" : " ";
        result += number(from);
        result += g.established_both_ways(from, x) ? '-' : '>';
        result += number(x.to);
      }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(peers_tests, fixture)

BOOST_AUTO_TEST_CASE(peers_with_the_same_connections_share_them) {
  for (unsigned i = 10; i < 20; ++i)
    put(says(i, {1}));
  put(says(20, {2}));
  auto edges_of = [&](unsigned peer) {
    return known.connections(at(peer)).address();
  };
  BOOST_TEST(edges_of(10) != nullptr);
  for (unsigned i = 11; i < 20; ++i)
    BOOST_TEST(edges_of(i) == edges_of(10));
  BOOST_TEST(edges_of(20) != edges_of(10));
}

BOOST_AUTO_TEST_CASE(connections_that_differ_in_a_flag_are_not_shared) {
  auto other = says(11, {1});
  other.connections.front().outbound = false;
  auto third = says(12, {1});
  third.connections.front().established = false;
  put(says(10, {1}));
  put(other);
  put(third);
  BOOST_TEST(known.connections(at(10)).edges().front().outbound == 1u);
  BOOST_TEST(known.connections(at(11)).edges().front().outbound == 0u);
  BOOST_TEST(known.connections(at(12)).edges().front().established == 0u);
}

BOOST_AUTO_TEST_CASE(we_are_in_the_first_slot) {
  BOOST_TEST(known.find(name_of(us)) == peers::self);
  BOOST_TEST(known.size() == 1u);
  BOOST_TEST(known.summary(peers::self).nickname == "peer-5");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_added_once) {
  BOOST_TEST(known.find(name_of(1)) == peers::none);
  auto who = at(1);
  BOOST_TEST(at(1) == who);
  BOOST_TEST((created == std::vector<slot>{who}));
  BOOST_TEST((known.summary(who).uid == peer_uid::none));
  BOOST_TEST((known.summary(who).name == name_of(1)));
}

BOOST_AUTO_TEST_CASE(slots_are_used_again_and_start_empty) {
  put(says(1, {2}));
  auto who = at(1);
  known.erase(who);
  BOOST_TEST(known.find(name_of(1)) == peers::none);
  BOOST_TEST(at(3) == who);
  BOOST_TEST((known.summary(who).uid == peer_uid::none));
  BOOST_TEST(known.connections(who).edges().empty());
  BOOST_TEST(known.slot_count() == known.size());
}

BOOST_AUTO_TEST_CASE(peers_are_listed_by_name) {
  for (auto x : {9u, 1u, 7u})
    at(x);
  known.erase(at(7));
  std::vector<peer_name> names;
  for (auto who : known.by_name())
    names.push_back(known.summary(who).name);
  BOOST_TEST((names == std::vector{name_of(1), name_of(5), name_of(9)}));
}

BOOST_AUTO_TEST_CASE(compacting_leaves_everything_but_the_slots_as_it_is) {
  // The name of peer 2 is below ours, and that of 900 is above ours. Peer 3 has
  // no record.
  put(says(us, {2, 900}));
  for (unsigned x = 1000; x < 1080; ++x)
    at(x);
  put(says(900, {2, us}));
  BOOST_TEST_REQUIRE(known.replace(at(2), received(says(2, {3, us, 900}))));
  for (unsigned x = 1000; x < 1080; ++x)
    known.erase(at(x));
  auto before = edges();
  auto old_slot = at(900);
  auto moved = known.compact();
  BOOST_TEST_REQUIRE(moved.size() == 83u);
  BOOST_TEST(moved[peers::self] == peers::self);
  BOOST_TEST(moved[old_slot] == known.find(name_of(900)));
  BOOST_TEST(known.slot_count() == 3u);
  BOOST_TEST(known.find(name_of(us)) == peers::self);
  BOOST_TEST(edges() == before);
  BOOST_TEST(same({known.record(peers::self), known.record(at(2))},
                  {says(us, {2, 900}), says(2, {3, us, 900})}));
  BOOST_TEST(known.compact().empty());
}

BOOST_AUTO_TEST_CASE(few_free_slots_are_no_reason_to_compact) {
  auto erase_of = [this](unsigned count, unsigned remaining) {
    known = peers{says(us, {}).peer};
    for (unsigned x = 100; x < 100 + count; ++x)
      at(x);
    for (unsigned x = 1000; x < 1000 + remaining - 1; ++x)
      at(x);
    for (unsigned x = 100; x < 100 + count; ++x)
      known.erase(at(x));
    return known.compact().size();
  };
  BOOST_TEST(erase_of(63, 2) == 0u);
  BOOST_TEST(erase_of(64, 2) == 66u);
  BOOST_TEST(erase_of(99, 100) == 0u);
  BOOST_TEST(erase_of(100, 100) == 200u);
}

BOOST_AUTO_TEST_CASE(a_record_is_returned_as_it_was_stored) {
  auto x = says(1, {2, 3, us});
  x.connections[1].remote_address.clear();
  x.connections[2].established = false;
  x.connections[0].outbound = false;
  put(x);
  BOOST_TEST(same({known.record(at(1))}, {x}));
}

BOOST_AUTO_TEST_CASE(a_record_is_encoded_until_it_changes) {
  put(says(1, {2}));
  auto before = known.encoded(at(1));
  BOOST_TEST(known.encoded(at(1)).shares_with(before));
  put(says(1, {2, 3}, 2));
  auto after = known.encoded(at(1));
  bytes expected;
  append_peer_record(expected, says(1, {2, 3}, 2));
  BOOST_TEST((after.data() == byte_view{expected}));
  BOOST_TEST(after.edition().version == 2u);
}

BOOST_AUTO_TEST_CASE(replacing_only_our_connections_is_a_change) {
  auto x = says(us, {2});
  put(x);
  auto before = known.encoded(peers::self);
  x.connections[0].remote_address = "elsewhere:1";
  known.replace_own(x.connections);
  bytes expected;
  append_peer_record(expected, x);
  BOOST_TEST((known.encoded(peers::self).data() == byte_view{expected}));
  BOOST_TEST((before.data() != byte_view{expected}));
  BOOST_TEST(same({known.record(peers::self)}, {x}));
}

BOOST_AUTO_TEST_CASE(a_record_that_came_without_its_bytes_is_encoded) {
  auto x = says(1, {2, 3});
  at(2);
  BOOST_TEST_REQUIRE(
    known.replace(at(1), {x.peer, views_of(x.connections), {}}));
  bytes expected;
  append_peer_record(expected, x);
  BOOST_TEST((known.encoded(at(1)).data() == byte_view{expected}));
  BOOST_TEST(same({known.record(at(1))}, {x}));
}

BOOST_AUTO_TEST_CASE(a_shorter_record_after_a_longer_one_is_encoded_whole) {
  put(says(1, {2, 3, 4}));
  put(says(2, {1}));
  known.encoded(at(1));
  bytes expected;
  append_peer_record(expected, says(2, {1}));
  BOOST_TEST((known.encoded(at(2)).data() == byte_view{expected}));
}

BOOST_AUTO_TEST_CASE(the_same_graph_may_have_other_addresses) {
  put(says(1, {2, 3}));
  auto before = known.connections(at(1));
  auto x = says(1, {2, 3});
  x.connections[0].remote_address = "elsewhere:1";
  put(x);
  BOOST_TEST(before.same_graph(known.connections(at(1))));
  x.connections[0].established = false;
  put(x);
  BOOST_TEST(!before.same_graph(known.connections(at(1))));
  put(says(1, {2}));
  BOOST_TEST(!before.same_graph(known.connections(at(1))));
}

//  1 - 2 > 3    7 > 2
// Both ends report the connection between 1 and 2. Only the peer to the left of
// a `>` reports the other connections.
BOOST_AUTO_TEST_CASE(the_graph_says_what_both_ends_report) {
  put(says(1, {2}));
  put(says(2, {1, 3}));
  put(says(7, {2}));
  BOOST_TEST(edges() == "1-2 2-1 2>3 7>2");
}

BOOST_AUTO_TEST_CASE(an_edge_is_established_only_if_both_ends_say_so) {
  put(says(1, {2}));
  auto x = says(2, {1});
  x.connections[0].established = false;
  put(x);
  BOOST_TEST(edges() == "1>2 2>1");
}

BOOST_AUTO_TEST_CASE(a_peer_may_name_itself_as_a_neighbour) {
  put(says(1, {1, us}));
  put(says(us, {1}));
  BOOST_TEST(edges() == "1-1 1-5 5-1");
  BOOST_TEST(reachable(1) == "1 5");
}

//  1 > 2 > 3 > 1    7 > 1
// Only the peer to the left of each `>` reports the connection.
BOOST_AUTO_TEST_CASE(one_direction_suffices_for_a_path) {
  put(says(1, {2}));
  put(says(2, {3}));
  put(says(3, {1}));
  put(says(7, {1}));
  BOOST_TEST(reachable(2) == "1 2 3");
  BOOST_TEST(reachable(7) == "1 2 3 7");
}

//  5 - 1 - 2 > 3
// Only peer 2 reports the connection to 3.
BOOST_AUTO_TEST_CASE(an_established_path_needs_both_ends_of_each_connection) {
  put(says(us, {1}));
  put(says(1, {2, us}));
  put(says(2, {1, 3}));
  put(says(3, {}));
  BOOST_TEST(known.has_established_path(at(1)));
  BOOST_TEST(known.has_established_path(at(2)));
  BOOST_TEST(!known.has_established_path(at(3)));
  BOOST_TEST(known.has_established_path(peers::self));
}

BOOST_AUTO_TEST_CASE(a_path_leads_to_ourselves_even_without_connections) {
  BOOST_TEST(known.has_established_path(peers::self));
}

BOOST_AUTO_TEST_CASE(connections_in_all_records_are_counted) {
  put(says(1, {2, 3}));
  put(says(2, {1}));
  BOOST_TEST(known.edge_count() == 3u);
  put(says(1, {2}, 2));
  BOOST_TEST(known.edge_count() == 2u);
  BOOST_TEST_REQUIRE(known.replace(at(1), received(says(1, {8, 9}))));
  BOOST_TEST(known.edge_count() == 3u);
  known.erase(at(1));
  known.erase(at(2));
  BOOST_TEST(known.edge_count() == 0u);
}

// -- connections to mere names

BOOST_AUTO_TEST_CASE(connections_to_new_peers_are_inserted_in_order) {
  at(3);
  at(6);
  auto x = says(1, {2, 3, 4, 6, 7, 9});
  x.connections[0].remote_address = "a longer address:1";
  x.connections[1].remote_address.clear();
  BOOST_TEST_REQUIRE(known.replace(at(1), received(x)));
  created.clear();
  at(7);
  at(2);
  known.resolve(created);
  BOOST_TEST(edges() == "1>2 1>3 1>6 1>7");
  BOOST_TEST(known.edge_count() == 6u);
  BOOST_TEST(same({known.record(at(1))}, {x}));
  created.clear();
  at(4);
  at(9);
  known.resolve(created);
  BOOST_TEST(edges() == "1>2 1>3 1>4 1>6 1>7 1>9");
  BOOST_TEST(same({known.record(at(1))}, {x}));
}

BOOST_AUTO_TEST_CASE(a_new_peer_is_resolved_in_all_records_that_name_it) {
  for (auto owner : {1u, 2u, 3u})
    BOOST_TEST_REQUIRE(known.replace(at(owner), received(says(owner, {8, 9}))));
  created.clear();
  at(9);
  known.resolve(created);
  BOOST_TEST(edges() == "1>9 2>9 3>9");
}

BOOST_AUTO_TEST_CASE(connections_to_dropped_peers_lead_to_mere_names) {
  auto x = says(1, {2, 3, 4});
  put(x);
  put(says(2, {3}));
  auto encoded = known.encoded(at(1));
  known.drop({at(3), at(4)}, 100);
  BOOST_TEST(known.find(name_of(3)) == peers::none);
  BOOST_TEST(edges() == "1>2");
  BOOST_TEST(known.unresolved_count() == 3u);
  BOOST_TEST(known.unresolved_count(at(1)) == 2u);
  BOOST_TEST(known.edge_count() == 4u);
  BOOST_TEST(same({known.record(at(1))}, {x}));
  BOOST_TEST(known.encoded(at(1)).shares_with(encoded));
  created.clear();
  at(4);
  known.resolve(created);
  BOOST_TEST(edges() == "1>2 1>4");
  BOOST_TEST(same({known.record(at(1))}, {x}));
}

BOOST_AUTO_TEST_CASE(mere_names_beyond_the_limit_are_left_out) {
  put(says(1, {2, 3, 4}));
  auto encoded = known.encoded(at(1));
  known.drop({at(3), at(4)}, 1);
  BOOST_TEST(known.unresolved_count() == 1u);
  BOOST_TEST(same({known.record(at(1))}, {says(1, {2, 3})}));
  BOOST_TEST(known.encoded(at(1)).shares_with(encoded));
}

BOOST_AUTO_TEST_SUITE_END()
