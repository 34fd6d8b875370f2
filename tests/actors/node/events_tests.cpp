#include "tests/support/mesh.hpp"

#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tests/support/event_lines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the events that a node sends its subscribers.
namespace {

using strings = std::vector<std::string>;

struct eventful : mesh {
  /// Subscribes to the node's events.
  /// @returns the events so far, to which later events are added
  event_lines& watch(char letter) {
    auto lines = std::make_shared<event_lines>();
    subscriber = spawn_event_writer(system(), lines);
    auto subscribed = ask<void>(at(letter).router(), subscribe{subscriber});
    BOOST_TEST(!subscribed.why, describe(subscribed.why));
    run();
    all.push_back(lines);
    subscribers.push_back(subscriber);
    return *lines;
  }
  ~eventful() {
    subscriber = nullptr;
    for (auto& x : subscribers)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }
  /// Finds a seed with which a node gets the same short ID as the node of
  /// `config`.
  static std::uint64_t seed_with_alias_of(const settings& config) {
    auto wanted = alias_of(*config.seed);
    auto seed = *config.seed + 1'000;
    while (alias_of(seed) != wanted)
      ++seed;
    return seed;
  }
  // The short ID that a node with this seed draws. It is the second number that
  // the router draws, after the UID.
  static std::uint64_t alias_of(std::uint64_t seed) {
    std::mt19937_64 rng{seed};
    rng();
    return rng() % short_id_count;
  }

  event_subscriber_actor subscriber;
  std::vector<event_subscriber_actor> subscribers;
  std::vector<std::shared_ptr<event_lines>> all;
};

/// The events, without those that only say that something may have changed.
strings facts(const event_lines& x) {
  strings result;
  for (const auto& line : x.lines)
    if (line != "routes_changed" && line != "short_ids_changed")
      result.push_back(line);
  return result;
}

std::size_t count(const event_lines& x, const std::string& line) {
  return static_cast<std::size_t>(
    std::count(x.lines.begin(), x.lines.end(), line));
}

bool has(const event_lines& x, const std::string& line) {
  return count(x, line) > 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(events_tests, eventful)

// -- the snapshot

BOOST_AUTO_TEST_CASE(the_snapshot_of_a_lone_node_holds_only_itself) {
  add('a');
  BOOST_TEST(watch('a').lines == (strings{"snapshot a"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_event_repeats_the_content_of_the_snapshot) {
  build("ab bc");
  auto& seen = watch('a');
  settle();
  BOOST_TEST(seen.lines == (strings{"snapshot a>b b>a b>c c>b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(subscribing_before_the_start_is_allowed) {
  prepare('a', settings_for('a'));
  auto& seen = watch('a');
  at('a').start();
  add('b').connect_to(at('a'));
  settle();
  BOOST_TEST(seen.lines.front() == "snapshot a");
  BOOST_TEST(has(seen, "joined b"));
}

// -- peers and connections

BOOST_AUTO_TEST_CASE(a_new_neighbour_causes_joined_added_and_established) {
  add('a');
  add('b');
  auto& seen = watch('a');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(facts(seen)
               == (strings{"snapshot a", "joined b", "added b out 1",
                           "established b 1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_inbound_neighbour_is_reported_in_the_same_way) {
  add('a');
  add('b');
  auto& seen = watch('b');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(
    facts(seen)
      == (strings{"snapshot b", "joined a", "added a in 1", "established a 1"}),
    boost::test_tools::per_element());
}

//   a --- b --- c
BOOST_AUTO_TEST_CASE(a_distant_peer_joins_and_leaves) {
  build("ab");
  auto& seen = watch('a');
  add('c').connect_to(at('b'));
  settle();
  BOOST_TEST(facts(seen) == (strings{"snapshot a>b b>a", "joined c"}),
             boost::test_tools::per_element());
  at('c').stop();
  settle();
  BOOST_TEST(facts(seen) == (strings{"snapshot a>b b>a", "joined c", "left c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lost_neighbour_causes_removed_and_left) {
  build("ab");
  auto& seen = watch('a');
  at('b').stop();
  settle();
  auto told = facts(seen);
  BOOST_TEST_REQUIRE(told.size() == 3u);
  BOOST_TEST(told[1].rfind("removed b 1 connection_closed", 0) == 0u, told[1]);
  BOOST_TEST(told[2] == "left b");
}

BOOST_AUTO_TEST_CASE(the_removal_of_a_connection_has_a_reason) {
  for (char letter : {'a', 'b'}) {
    auto setup = settings_for(letter);
    setup.patience = seconds{3};
    setup.heartbeat_interval = seconds{1};
    add(letter, setup);
  }
  at('a').connect_to(at('b'));
  settle();
  auto& seen = watch('a');
  net().block(at('b').host(), at('a').host());
  run_for(seconds{40});
  auto told = facts(seen);
  BOOST_TEST_REQUIRE(told.size() >= 2u);
  BOOST_TEST(told[1].find("timed_out") != std::string::npos, told[1]);
}

// The ID belongs to the connection and not to the peer.
BOOST_AUTO_TEST_CASE(a_restored_connection_has_a_new_id) {
  build("ab");
  auto& seen = watch('a');
  net().cut(at('a').host(), at('b').host());
  run_for(seconds{10});
  BOOST_TEST(has(seen, "added b out 2"));
  BOOST_TEST(has(seen, "established b 2"));
  BOOST_TEST(seen.lines[1].rfind("removed b 1", 0) == 0u, seen.lines[1]);
}

//   a --- b --- c     c restarts before the others forget it
BOOST_AUTO_TEST_CASE(the_restart_of_a_peer_is_reported_with_both_uids) {
  build("ab bc");
  auto before = value_of(at('a').record_of(at('c')).peer.uid);
  auto& seen = watch('a');
  at('c').stop();
  add('c').connect_to(at('b'));
  settle();
  auto after = value_of(at('a').record_of(at('c')).peer.uid);
  BOOST_TEST(before != after);
  BOOST_TEST(has(seen, "restarted c " + std::to_string(before) + " "
                         + std::to_string(after)),
             seen.text());
  BOOST_TEST(!has(seen, "joined c"));
  BOOST_TEST(!has(seen, "left c"));
}

// -- routes and short IDs

BOOST_AUTO_TEST_CASE(routes_change_only_when_the_mesh_does) {
  build("ab");
  auto& seen = watch('a');
  run_for(minutes{5});
  BOOST_TEST(!has(seen, "routes_changed"));
  add('c').connect_to(at('b'));
  settle();
  BOOST_TEST(has(seen, "routes_changed"));
}

BOOST_AUTO_TEST_CASE(only_the_loser_of_a_short_id_reports_the_change) {
  auto a = settings_for('a');
  auto b = settings_for('b');
  b.seed = seed_with_alias_of(a);
  add('a', a);
  add('b', b);
  auto& at_loser = watch('b');
  auto& at_owner = watch('a');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(has(at_loser, "short_ids_changed"), at_loser.text());
  BOOST_TEST(!has(at_owner, "short_ids_changed"), at_owner.text());
}

BOOST_AUTO_TEST_CASE(uncontested_short_ids_cause_no_event) {
  add('a');
  add('b');
  auto& seen = watch('a');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(!has(seen, "short_ids_changed"), seen.text());
}

// -- subscribers

BOOST_AUTO_TEST_CASE(all_subscribers_receive_the_same_events) {
  add('a');
  add('b');
  auto& first = watch('a');
  auto& second = watch('a');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(first.lines.size() > 3u);
  BOOST_TEST(first.lines == second.lines, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dead_subscriber_is_dropped_and_others_still_get_events) {
  add('a');
  add('b');
  watch('a');
  caf::actor_addr dead = subscriber.address();
  caf::anon_send_exit(subscriber, caf::exit_reason::kill);
  subscriber = nullptr;
  subscribers.clear();
  run();
  BOOST_TEST(!caf::actor_cast<caf::actor>(dead));
  auto& living = watch('a');
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(has(living, "joined b"));
  BOOST_TEST(all[0]->lines.size() == 1u);
}

BOOST_AUTO_TEST_CASE(subscribing_a_null_actor_is_an_error) {
  add('a');
  auto subscribed = ask<void>(at('a').router(), subscribe{});
  BOOST_TEST(is(subscribed.why, errc::bad_setting), describe(subscribed.why));
  BOOST_TEST(at('a').topology() == "a");
}

// A subscriber that applies the events to its first snapshot must end up with
// everything that the node knows.
BOOST_AUTO_TEST_CASE(events_neither_omit_nor_repeat_a_change) {
  add('a');
  auto& seen = watch('a');
  for (char letter : {'b', 'c', 'd'})
    add(letter);
  for (std::string edge : {"ab", "bc", "cd", "da"})
    at(edge[0]).connect_to(at(edge[1]));
  std::mt19937 dice{7};
  auto host = [&] {
    return "10.0.0." + std::to_string('a' + static_cast<int>(dice() % 4));
  };
  for (int i = 0; i < 30; ++i) {
    net().cut(host(), host());
    run_for(milliseconds{dice() % 3'000});
    BOOST_TEST(seen.known_peers() == at('a').description().peers.size());
    BOOST_TEST(seen.open_connections() == at('a').degree());
  }
  BOOST_TEST(seen.contradictions == 0u, seen.text());
  BOOST_TEST(
    count(seen, "left b") + count(seen, "left c") + count(seen, "left d") > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
