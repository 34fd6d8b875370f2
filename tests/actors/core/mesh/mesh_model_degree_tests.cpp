#include "actors/core/mesh/mesh_model.hpp"

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/degree_control.hpp"
#include "actors/core/mesh/discovery.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the discovery plans that a mesh model with a target degree of 8
// makes.
namespace {

mesh_model_options with_target() {
  mesh_model_options result;
  result.target_degree = 8;
  return result;
}

struct fixture : view {
  fixture() : view(with_target()) {
  }

  /// Connects us to peer 1 in a full mesh of 40 other peers.
  void hear_of_forty() {
    connect(1);
    std::vector<unsigned> all{1, us};
    for (unsigned i = 10; i < 50; ++i)
      all.push_back(i);
    std::vector<peer_record> records;
    for (auto x : all)
      if (x != us) {
        auto others = all;
        others.erase(std::find(others.begin(), others.end(), x));
        records.push_back(says(x, others));
      }
    hear(records);
  }

  discovery_plan plan(const std::vector<connection_id>& chosen = {}) {
    return state.plan_discovery(6783, 0, {chosen, tried}, now);
  }

  std::vector<std::string> tried;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_degree_tests, fixture)

BOOST_AUTO_TEST_CASE(a_target_limits_the_addresses_to_dial) {
  hear_of_forty();
  BOOST_TEST(state.discovered_addresses(6783).size() == 40u);
  auto x = plan();
  BOOST_TEST(x.is_limited);
  BOOST_TEST(x.addresses.size() == 4u);
  BOOST_TEST(x.again.has_value());
}

BOOST_AUTO_TEST_CASE(without_a_limit_all_addresses_are_planned) {
  mesh_model_options none;
  none.target_degree = 0;
  for (const auto& options : {none, mesh_model_options{}}) {
    state = mesh_model{state.self(), options};
    state.set_date(date);
    hear_of_forty();
    auto x = plan();
    BOOST_TEST(!x.is_limited);
    BOOST_TEST(x.addresses == state.discovered_addresses(6783));
    BOOST_TEST(!x.again.has_value());
  }
}

//  Only peer 10 has an address that we can use.
BOOST_AUTO_TEST_CASE(peers_without_an_address_are_passed_over) {
  connect(1);
  auto theirs = says(1, {us, 10});
  std::vector<peer_record> records;
  for (unsigned i = 11; i < 20; ++i) {
    theirs.connections.push_back({name_of(i), "somewhere", true, true});
    records.push_back(says(i, {1}));
  }
  records.push_back(says(10, {1}));
  records.push_back(theirs);
  hear(records);
  std::vector<std::string> expected{"10.0.0.10:6783"};
  BOOST_TEST(plan().addresses == expected);
}

BOOST_AUTO_TEST_CASE(a_chosen_connection_beyond_the_target_is_given_up) {
  hear_of_forty();
  std::vector<connection_id> chosen;
  for (unsigned i = 10; i < 50; ++i) {
    connect(i);
    chosen.push_back(static_cast<connection_id>(i));
  }
  BOOST_TEST(!plan(chosen).give_up.has_value());
  now += 10s;
  BOOST_TEST(!plan(chosen).give_up.has_value()); // only announced
  now += discovery::time_to_hear;
  auto x = plan(chosen).give_up;
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST((std::find(chosen.begin(), chosen.end(), *x) != chosen.end()));
  now += 10s;
  BOOST_TEST(!plan({}).give_up.has_value()); // the user has named all of them
}

// Other peers may still send us messages for the connection's remote.
BOOST_AUTO_TEST_CASE(
  a_connection_leaves_our_record_before_it_leaves_our_routes) {
  hear_of_forty();
  std::vector<connection_id> chosen;
  for (unsigned i = 10; i < 50; ++i) {
    connect(i);
    chosen.push_back(static_cast<connection_id>(i));
  }
  auto listed = [this] {
    const auto all = state.records();
    auto ours = std::find_if(all.begin(), all.end(), [](const auto& x) {
      return x.peer.name == name_of(us);
    });
    return ours->connections.size();
  };
  auto are_all_next_hops = [this] {
    for (unsigned i = 10; i < 50; ++i)
      if (state.current_routes()->next_hop(name_of(i)) != name_of(i))
        return false;
    return true;
  };
  plan(chosen);
  now += 10s;
  BOOST_TEST(listed() == 41u);
  const auto next = plan(chosen).again;
  BOOST_TEST(listed() == 40u);
  BOOST_TEST(are_all_next_hops());
  BOOST_TEST_REQUIRE(next.has_value());
  BOOST_TEST((*next <= now + discovery::time_to_hear));
  now += discovery::time_to_hear;
  const auto gone = plan(chosen).give_up;
  BOOST_TEST_REQUIRE(gone.has_value());
  effects = {};
  state.remove_connection(*gone, now, effects);
  BOOST_TEST(!are_all_next_hops());
}

// Otherwise we would give up another one, and soon have too few.
BOOST_AUTO_TEST_CASE(a_favourite_that_gives_us_up_no_longer_counts) {
  hear_of_forty();
  std::vector<unsigned> favourites;
  for (const auto& x : plan().addresses)
    favourites.push_back(static_cast<unsigned>(std::stoul(x.substr(7))));
  BOOST_TEST_REQUIRE(favourites.size() == 4u);
  const auto dials_us = favourites.back();
  favourites.pop_back();
  auto other = 10u;
  while (other == dials_us
         || std::count(favourites.begin(), favourites.end(), other) != 0)
    ++other;
  auto inbound = offer(dials_us, dials_us);
  inbound.outbound = false;
  add(inbound);
  establish(dials_us);
  for (unsigned i = 10; i < 50; ++i)
    connect(i);
  std::vector<connection_id> chosen{static_cast<connection_id>(other)};
  for (auto x : favourites)
    chosen.push_back(static_cast<connection_id>(x));
  auto said = record(dials_us);
  state.apply_update(update_of({said}), now, effects, {}, name_of(dials_us));
  ++said.peer.version;
  said.connections.erase(
    std::find_if(said.connections.begin(), said.connections.end(),
                 [](const auto& x) { return x.remote == name_of(us); }));
  state.apply_update(update_of({said}), now, effects, {}, name_of(dials_us));
  BOOST_TEST(record(us).connections.size() == 40u);
  for (int i = 0; i < 5; ++i, now += 10s)
    plan(chosen);
  BOOST_TEST(record(us).connections.size() == 40u);
}

// The user has named the same peers by other addresses.
BOOST_AUTO_TEST_CASE(what_the_user_has_named_by_another_address_is_kept) {
  hear_of_forty();
  std::vector<connection_id> chosen;
  for (unsigned i = 10; i < 50; ++i) {
    connect(i);
    chosen.push_back(static_cast<connection_id>(i));
    auto another = offer(i, 100 + i);
    another.remote_address = "10.1.0." + std::to_string(i) + ":6783";
    BOOST_TEST(!add(another));
  }
  for (int i = 0; i < 10; ++i, now += 10s)
    BOOST_TEST(!plan(chosen).give_up.has_value());
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_dialled_yet_has_not_failed) {
  hear_of_forty();
  const auto first = plan().addresses;
  now += 1min;
  BOOST_TEST(plan().addresses == first);
  tried = first;
  plan();
  now += degree_control::answer_time;
  BOOST_TEST(plan().addresses != first);
}

BOOST_AUTO_TEST_SUITE_END()
