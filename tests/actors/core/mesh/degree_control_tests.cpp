#include "actors/core/mesh/degree_control.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// This node knows a full mesh of the peers 1, 100, 101 and so on. The user has
/// named peer 1.
struct fixture : known_peers {
  fixture() {
    everybody(40);
  }

  void everybody(unsigned count) {
    std::vector<unsigned> all{1};
    for (unsigned i = 0; i < count; ++i)
      all.push_back(100 + i);
    for (auto x : all) {
      auto others = all;
      others.erase(std::find(others.begin(), others.end(), x));
      auto record = says(x, others, ++version);
      if (x == 1 || ties.count(x) != 0)
        record.connections.insert(record.connections.begin() + (x == 1 ? 0 : 1),
                                  {name_of(us), "10.0.0.5:6783", false, true});
      put(record);
    }
    say_ours();
    known.resolve(created);
    created.clear();
  }

  void say_ours() {
    auto record = says(us, {1});
    for (const auto& x : ties)
      record.connections.push_back({name_of(x.first), "", true, true});
    put(record);
  }

  void set(unsigned peer, tie how) {
    ties[peer] = how;
    everybody(peers);
  }

  degree_control::decision decide() {
    std::vector<tie> all(known.slot_count());
    all[at(1)] = tie::named;
    for (const auto& x : ties)
      all[at(x.first)] = x.second;
    return control.decide(known.graph(), all, now, addresses);
  }

  std::vector<unsigned> numbers(const std::vector<slot>& all) const {
    std::vector<unsigned> result;
    for (auto who : all)
      result.push_back(static_cast<unsigned>(known.summary(who).name.number()));
    return result;
  }

  /// Returns the peers to dial, and marks them as dialled.
  std::vector<unsigned> dialled() {
    const auto all = decide().dial;
    for (auto who : all)
      control.is_dialled(known.summary(who).name, now);
    return numbers(all);
  }

  /// Gives the peers `first` to `last` addresses in one IPv6 /64, and every
  /// other peer an IPv4 address of its own.
  void share_an_address(unsigned first, unsigned last) {
    addresses = [this, first, last](const std::vector<slot>& all) {
      std::vector<ip_address> result;
      for (auto x : numbers(all))
        result.push_back(*ip_address::parse(
          x >= first && x <= last ? "2001:db8::" + std::to_string(x)
                                  : "10.0." + std::to_string(x / 256) + "."
                                      + std::to_string(x % 256)));
      return result;
    };
  }

  /// Connects to all peers that are to be dialled.
  void connect() {
    for (auto x : dialled())
      ties[x] = tie::chosen;
    everybody(peers);
  }

  unsigned peers = 40;
  std::uint64_t version = 0;
  std::map<unsigned, tie> ties;
  instant now{std::chrono::hours{1}};
  degree_control control{name_of(us), {8, 7}};
  degree_control::addresses_of addresses;
  known_peers few;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(degree_control_tests, fixture)

BOOST_AUTO_TEST_CASE(half_of_the_target_is_dialled_at_once) {
  BOOST_TEST(dialled().size() == 4u);
  connect();
  BOOST_TEST(dialled().empty());
  BOOST_TEST(!decide().again.has_value());
}

BOOST_AUTO_TEST_CASE(the_peer_that_the_user_has_named_does_not_count) {
  for (auto x : dialled())
    BOOST_TEST(x != 1u);
}

BOOST_AUTO_TEST_CASE(peers_that_dialled_us_count_only_if_they_are_favourites) {
  const auto favourites = dialled();
  unsigned others = 0;
  for (unsigned x = 100; others < 20; ++x)
    if (std::find(favourites.begin(), favourites.end(), x)
        == favourites.end()) {
      ties[x] = tie::inbound;
      ++others;
    }
  everybody(peers);
  BOOST_TEST(dialled() == favourites);
  set(favourites[0], tie::inbound);
  BOOST_TEST(dialled().size() == 3u);
}

BOOST_AUTO_TEST_CASE(each_node_and_each_seed_has_other_favourites) {
  std::set<std::vector<slot>> all;
  for (std::uint64_t seed : {7, 8})
    for (unsigned name : {5, 6}) {
      degree_control x{name_of(name), {8, seed}};
      all.insert(
        x.decide(known.graph(), std::vector<tie>(known.slot_count()), now)
          .dial);
    }
  BOOST_TEST(all.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_favourite_that_does_not_answer_is_replaced) {
  const auto first = dialled();
  now += degree_control::answer_time;
  const auto second = dialled();
  BOOST_TEST(second.size() == 4u);
  for (auto x : second)
    BOOST_TEST((std::find(first.begin(), first.end(), x) == first.end()));
  connect();
  BOOST_TEST(dialled().empty());
  now += degree_control::pause;
  decide();
  now += 2 * degree_control::pace;
  const auto again = dialled();
  BOOST_TEST(again.size() == 1u);
  BOOST_TEST(again[0] == first[0]);
}

BOOST_AUTO_TEST_CASE(
  peers_that_do_not_answer_are_dialled_if_there_are_no_more) {
  control = degree_control{name_of(us), {200, 7}};
  BOOST_TEST(dialled().size() == 40u);
  for (int i = 0; i < 60; ++i, now += seconds{1})
    BOOST_TEST(dialled().size() == 40u);
}

BOOST_AUTO_TEST_CASE(a_favourite_that_is_not_dialled_yet_has_not_failed) {
  const auto first = decide().dial;
  for (int i = 0; i < 60; ++i, now += seconds{1})
    BOOST_TEST(decide().dial == first);
  BOOST_TEST(numbers(first) == dialled());
}

// Otherwise a newcomer would wait long in a mesh where most peers do not
// answer.
BOOST_AUTO_TEST_CASE(more_are_dialled_while_some_do_not_answer) {
  const auto first = dialled();
  now += degree_control::late_time;
  const auto second = dialled();
  BOOST_TEST(second.size() == 12u); // twice as many as are missing
  for (auto x : first)
    BOOST_TEST(std::count(second.begin(), second.end(), x) == 1);
  std::size_t most = 0;
  for (int i = 0; i < 120; ++i, now += seconds{1})
    most = std::max(most, dialled().size());
  BOOST_TEST(most <= 16u);
}

BOOST_AUTO_TEST_CASE(few_favourites_have_one_address) {
  control = degree_control{name_of(us), {16, 7}};
  share_an_address(115, 139);
  const auto all = dialled();
  BOOST_TEST(all.size() == 8u);
  BOOST_TEST(
    std::count_if(all.begin(), all.end(), [](unsigned x) { return x >= 115; })
    == 2);
}

BOOST_AUTO_TEST_CASE(peers_at_one_address_are_favourites_if_there_are_no_more) {
  control = degree_control{name_of(us), {16, 7}};
  share_an_address(100, 139);
  BOOST_TEST(dialled().size() == 8u);
}

BOOST_AUTO_TEST_CASE(the_oldest_connection_stays_a_favourite) {
  everybody(400);
  std::uint64_t seed = 0;
  auto names_of_newcomers_come_first = [&] {
    control = degree_control{name_of(us), {8, ++seed}};
    const auto all = dialled();
    return std::all_of(all.begin(), all.end(),
                       [](unsigned x) { return x >= 140; });
  };
  while (!names_of_newcomers_come_first())
    ;
  control = degree_control{name_of(us), {8, seed}};
  std::swap(known, few.known);
  everybody(40);
  const auto first = dialled();
  connect();
  decide();
  std::swap(known, few.known);
  everybody(400);
  for (int i = 0; i < 200; ++i) {
    now += seconds{1};
    const auto next = decide();
    for (auto x : numbers(next.dial))
      ties[x] = tie::chosen;
    if (next.give_up)
      ties.erase(numbers({*next.give_up}).front());
  }
  BOOST_TEST(ties.size() == 4u);
  BOOST_TEST(std::count_if(first.begin(), first.end(),
                           [&](unsigned x) { return ties.count(x) != 0; })
             == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_remembered_from_before_a_time_without_a_limit) {
  control = degree_control{name_of(us), {std::nullopt, 7}};
  peers = 60;
  everybody(peers);
  const auto first = dialled();
  connect();
  decide();
  ties.clear();
  std::swap(known, few.known);
  everybody(30);
  now += degree_control::few_time;
  BOOST_TEST(!decide().limited);
  std::swap(known, few.known);
  everybody(peers);
  BOOST_TEST(decide().limited);
  BOOST_TEST(dialled() == first);
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_is_replaced_by_another) {
  const auto favourites = dialled();
  connect();
  decide();
  ties.erase(favourites[0]);
  everybody(peers);
  const auto next = dialled();
  BOOST_TEST(next.size() == 1u);
  BOOST_TEST(next[0] != favourites[0]);
}

BOOST_AUTO_TEST_CASE(new_favourites_are_dialled_one_after_another) {
  connect();
  peers = 150;
  everybody(peers);
  BOOST_TEST(dialled().empty());
  std::size_t most = 0;
  for (int i = 0; i < 20; ++i) {
    now += seconds{1};
    most = std::max(most, dialled().size());
    connect();
  }
  BOOST_TEST(most == 1u);
  BOOST_TEST(ties.size() > 4u);
  BOOST_TEST(ties.size() <= 8u);
}

BOOST_AUTO_TEST_CASE(others_are_given_up_one_after_another_if_too_many) {
  const auto favourites = dialled();
  for (unsigned x = 100; x < 130; ++x)
    ties[x] = tie::chosen;
  for (auto x : favourites)
    ties[x] = tie::chosen;
  everybody(peers);
  unsigned given_up = 0;
  for (int i = 0; i < 400; ++i) {
    now += seconds{1};
    if (auto who = decide().give_up) {
      ++given_up;
      ties.erase(static_cast<unsigned>(known.summary(*who).name.number()));
      everybody(peers);
    }
    if (i == 30)
      BOOST_TEST(given_up <= 20u);
  }
  for (auto x : favourites)
    BOOST_TEST(ties.count(x) != 0);
  // All other peers have many connections, so no connection to them is kept.
  BOOST_TEST(ties.size() == favourites.size());
  BOOST_TEST(!decide().again.has_value());
}

BOOST_AUTO_TEST_CASE(inbound_and_named_connections_are_never_given_up) {
  connect();
  for (unsigned x = 100; x < 120; ++x)
    ties.emplace(x, tie::inbound);
  for (unsigned x = 120; x < 140; ++x)
    ties.emplace(x, tie::named);
  everybody(peers);
  for (int i = 0; i < 60; ++i, now += seconds{1})
    BOOST_TEST(!decide().give_up.has_value());
}

BOOST_AUTO_TEST_CASE(a_peer_without_an_address_is_replaced_at_once) {
  const auto first = decide().dial;
  control.has_no_address(known.summary(first[0]).name, now);
  const auto second = decide().dial;
  BOOST_TEST(second.size() == 4u);
  BOOST_TEST(
    (std::find(second.begin(), second.end(), first[0]) == second.end()));
}

BOOST_AUTO_TEST_CASE(without_a_target_the_limit_begins_above_fifty_peers) {
  degree_control usual{name_of(us), {std::nullopt, 7}};
  auto is_limited = [&](unsigned count) {
    known_peers small;
    std::swap(known, small.known);
    everybody(count - 2); // plus ourselves and peer 1
    return usual
      .decide(known.graph(), std::vector<tie>(known.slot_count()), now)
      .limited;
  };
  BOOST_TEST(!is_limited(50));
  BOOST_TEST(is_limited(51));
  BOOST_TEST(is_limited(40));
  BOOST_TEST(is_limited(39));
  now += degree_control::few_time / 2;
  BOOST_TEST(is_limited(40)); // restarts the time
  now += degree_control::few_time - seconds{1};
  BOOST_TEST(is_limited(39));
  now += seconds{1};
  BOOST_TEST(!is_limited(39));
  is_limited(50); // grows
  now += degree_control::growth_time;
  BOOST_TEST(!is_limited(50));
}

// A node that has just started knows only a few peers.
BOOST_AUTO_TEST_CASE(
  without_a_target_only_favourites_are_dialled_during_growth) {
  control = degree_control{name_of(us), {std::nullopt, 7}};
  BOOST_TEST(!decide().limited);
  std::swap(known, few.known);
  everybody(45);
  const auto x = decide();
  BOOST_TEST(x.limited);
  BOOST_TEST(x.dial.size() == 8u);
  BOOST_TEST(!x.give_up.has_value());
  BOOST_TEST_REQUIRE(x.again.has_value());
  now = *x.again;
  decide();
  now += degree_control::growth_time;
  BOOST_TEST(!decide().limited);
}

BOOST_AUTO_TEST_CASE(where_all_are_favourites_growth_changes_nothing) {
  control = degree_control{name_of(us), {std::nullopt, 7}};
  std::swap(known, few.known);
  everybody(5);
  BOOST_TEST(!decide().limited);
  everybody(7);
  BOOST_TEST(!decide().limited);
}

BOOST_AUTO_TEST_CASE(a_target_of_none_is_no_limit) {
  degree_control none{name_of(us), {0, 7}};
  everybody(100);
  BOOST_TEST(
    !none.decide(known.graph(), std::vector<tie>(known.slot_count()), now)
       .limited);
}

BOOST_AUTO_TEST_SUITE_END()
