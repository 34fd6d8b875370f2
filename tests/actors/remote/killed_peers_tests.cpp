#include <map>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests that when a process is killed, distant peers learn of its end as soon
// as its neighbours do.
namespace {

/// Machines that each have a directory of names, as after `join_actors`.
struct fixture : actor_machines {
  ~fixture() {
    names.clear();
  }

  /// Adds the machines in `edges`, for example "ab bc". The first machine of
  /// each pair dials the second.
  void build(const std::string& edges) {
    for (auto letter : edges)
      if (letter != ' ' && names.count(letter) == 0)
        names[letter] = add(letter).spawn_names();
    for (std::size_t i = 0; i + 1 < edges.size(); i += 3)
      connect(edges[i], edges[i + 1]);
    run_for(seconds{4});
  }

  /// Ends a node as if its process were killed. The sockets close.
  void kill(char letter) {
    caf::anon_send_exit(at(letter).router, caf::exit_reason::kill);
    run();
  }

  /// Kills the node of `victim`.
  /// @returns the number of milliseconds until `watcher` hears that an actor of
  ///          `victim` is down, and the reason
  std::pair<int, std::string> kill_seen_by(char watcher, char victim) {
    auto downs =
      at(watcher).monitor(at(watcher).handle_of(at(victim).publish(adder)));
    run_for(seconds{2});
    kill(victim);
    int result = 0;
    for (; downs->empty() && result < 5000; ++result)
      run_for(milliseconds{1});
    return {result, downs->empty() ? "nothing" : describe(downs->front())};
  }

  void check_left_within(int most_milliseconds, char watcher, char victim) {
    auto [time, why] = kill_seen_by(watcher, victim);
    BOOST_TEST(time <= most_milliseconds);
    BOOST_TEST(why.find("left") == 0u, why);
  }

  std::size_t holders(char as_seen_from) {
    auto found = ask_later<found_names>(
      at(as_seen_from).system(), names[as_seen_from], lookup_name{"sum"});
    run();
    return found->value->all.size();
  }
  void publish_at_c() {
    build("ab bc");
    auto& c = at('c').system();
    ask_later<void>(c, names['c'], publication(c, "sum", at('c').spawn(adder)));
    run_for(seconds{2});
    BOOST_TEST(holders('a') == 1u);
  }

  std::map<char, directory_actor> names;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(killed_peers_tests, fixture)

BOOST_AUTO_TEST_CASE(
  an_actor_of_a_killed_process_is_down_at_once_two_hops_away) {
  build("ab bc");
  check_left_within(70, 'a', 'c');
}

BOOST_AUTO_TEST_CASE(an_actor_of_a_killed_process_is_down_at_once_far_away) {
  build("ab bc cd de");
  check_left_within(70, 'a', 'e');
}

BOOST_AUTO_TEST_CASE(the_names_of_a_killed_process_are_gone_at_once) {
  publish_at_c();
  kill('c');
  run_for(milliseconds{100});
  BOOST_TEST(holders('b') == 0u);
  BOOST_TEST(holders('a') == 0u);
}

BOOST_AUTO_TEST_CASE(the_names_of_a_peer_that_leaves_are_gone_at_once) {
  publish_at_c();
  ask_later<void>(at('c').system(), at('c').router, stop_mesh{});
  run_for(milliseconds{100});
  BOOST_TEST(holders('b') == 0u);
  BOOST_TEST(holders('a') == 0u);
}

//   a is connected to b, c and d, and each of those to x
BOOST_AUTO_TEST_CASE(the_killed_process_may_have_several_neighbours) {
  build("ab ac ad bx cx dx");
  check_left_within(70, 'a', 'x');
}

BOOST_AUTO_TEST_CASE(
  a_neighbour_knows_when_the_other_neighbours_have_reported) {
  build("ab ac ad bx cx dx");
  check_left_within(70, 'b', 'x');
}

// In a ring, the routes of b change just when b has to pass on reports.
BOOST_AUTO_TEST_CASE(reports_arrive_although_the_routes_change) {
  build("ab bc cd de ea");
  check_left_within(220, 'b', 'e');
}

// `c` connects to `d`, another neighbour of `a`, before the connection between
// `b` and `c` breaks.
BOOST_AUTO_TEST_CASE(a_peer_that_moves_to_another_neighbour_stays_up) {
  build("ab ad bc");
  auto downs = at('a').monitor(at('a').handle_of(at('c').publish(adder)));
  run_for(seconds{2});
  connect('c', 'd');
  net().cut(host_of('b'), host_of('c'));
  run_for(milliseconds{150});
  BOOST_TEST(downs->empty());
}

// If a connection breaks, instead of being closed by the remote, this does not
// show that the remote's process has ended.
BOOST_AUTO_TEST_CASE(a_connection_that_breaks_is_not_reported) {
  build("ab bc");
  auto downs = at('a').monitor(at('a').handle_of(at('c').publish(adder)));
  run_for(seconds{2});
  net().block(host_of('b'), host_of('c'));
  net().cut(host_of('b'), host_of('c'));
  run_for(milliseconds{900});
  BOOST_TEST(downs->empty());
  run_for(milliseconds{300});
  BOOST_TEST(downs->size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
