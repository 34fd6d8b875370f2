#include "tests/actors/directory/directories.hpp"

#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of publishing, looking up and resolving names of actors, on complete
// nodes.
namespace {

using adder = caf::typed_actor<caf::replies_to<int, int>::with<int>>;
using counter = caf::typed_actor<caf::replies_to<int, int>::with<int>,
                                 caf::reacts_to<std::string>>;

struct directory_fixture : directories {
  counter spawn_counter() {
    auto result = system().spawn([]() -> counter::behavior_type {
      return {[](int x, int y) { return x + y; },
              [](const std::string&) {
              }};
    });
    system().registry().put(result.id(),
                            caf::actor_cast<caf::strong_actor_ptr>(result));
    keep(caf::actor_cast<caf::actor>(result));
    return result;
  }
};

/// Spawns an actor of another system that has the number of `x`.
caf::actor spawn_with_id_of(const caf::actor& x, deterministic& elsewhere) {
  caf::actor result;
  do {
    if (result)
      caf::anon_send_exit(result, caf::exit_reason::user_shutdown);
    result = elsewhere.system().spawn([](caf::event_based_actor*) {
      return caf::behavior{[](distances_changed) {
      }};
    });
  } while (result.id() < x.id());
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_tests, directory_fixture)

BOOST_AUTO_TEST_CASE(a_name_is_found_on_all_nodes_at_once) {
  build_with_directories("ab bc");
  auto x = spawn_echo("x");
  BOOST_TEST(!publish('a', "db", x, {{"zone", "1"}}));
  run_for(milliseconds{20});
  BOOST_TEST(holders('c', "db") == "a");
  auto found = ask<found_names>(all['c'], lookup_name{"db"}).value->all.at(0);
  BOOST_TEST(found.actor == x.id());
  BOOST_TEST(found.attributes.at("zone") == "1");
  unpublish('a', "db");
  run_for(milliseconds{20});
  BOOST_TEST(holders('c', "db") == "");
  BOOST_TEST(carriers['a']->published.empty());
}

BOOST_AUTO_TEST_CASE(lookups_name_the_nearest_peers_first) {
  build_with_directories("ab bc cd");
  for (char x : {'a', 'b', 'c', 'd'})
    publish(x, "db", spawn_echo("x"));
  run_for(seconds{2});
  BOOST_TEST(holders('a', "db") == "abcd");
  BOOST_TEST(holders('d', "db") == "dcba");
  BOOST_TEST(holders('b', "db").substr(0, 1) == "b");
  at('d').connect_to(at('a'));
  run_for(seconds{5});
  BOOST_TEST(holders('a', "db").back() == 'c');
}

BOOST_AUTO_TEST_CASE(a_name_goes_at_once_when_its_actor_ends) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  publish('a', "one", x);
  publish('a', "two", x);
  run_for(milliseconds{20});
  BOOST_TEST(holders('b', "one") + holders('b', "two") == "aa");
  end(x);
  run_for(milliseconds{20});
  BOOST_TEST(holders('b', "one") + holders('b', "two") == "");
  BOOST_TEST(carriers['a']->published.empty());
}

BOOST_AUTO_TEST_CASE(names_go_with_their_peer_and_return_with_it) {
  build_with_directories("ab bc");
  publish('c', "db", spawn_echo("x"));
  run_for(milliseconds{20});
  BOOST_TEST(holders('a', "db") == "c");
  net().block(at('b').host(), at('c').host());
  net().cut(at('b').host(), at('c').host());
  run_for(milliseconds{1200});
  BOOST_TEST(holders('a', "db") == "");
  BOOST_TEST(holders('c', "db") == "c");
  net().unblock(at('b').host(), at('c').host());
  run_for(minutes{1});
  BOOST_TEST(holders('a', "db") == "c");
}

BOOST_AUTO_TEST_CASE(a_restarted_peer_s_old_names_are_gone) {
  build_with_directories("ab bc");
  publish('c', "db", spawn_echo("x"));
  run_for(milliseconds{20});
  at('c').stop();
  settle();
  BOOST_TEST(holders('a', "db") == "");
  add('c');
  directory_on('c');
  at('b').connect_to(at('c'));
  settle();
  BOOST_TEST(holders('a', "db") == "");
  auto x = spawn_echo("y");
  publish('c', "db", x);
  run_for(milliseconds{20});
  BOOST_TEST(holders('a', "db") == "c");
}

//   a --- b, then c joins at b
BOOST_AUTO_TEST_CASE(a_newcomer_knows_all_names_within_seconds) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  for (int i = 0; i < 10'000; ++i)
    caf::anon_send(all['a'], publication(system(), "n" + std::to_string(i), x));
  run_for(milliseconds{100});
  add('c');
  directory_on('c');
  publish('c', "new", spawn_echo("x"));
  at('c').connect_to(at('b'));
  run_for(seconds{2});
  BOOST_TEST(holders('c', "n9999") == "a");
  BOOST_TEST(holders('a', "new") == "c");
}

BOOST_AUTO_TEST_CASE(publishing_says_what_is_wrong) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  BOOST_TEST(is(publish('a', "", x), errc::bad_setting));
  BOOST_TEST(is(publish('a', std::string(256, 'n'), x), errc::too_large));
  BOOST_TEST(carriers['a']->published.empty());
  BOOST_TEST(is(ask<void>(all['a'], publish_name{"db", nullptr, {}, {}}).why,
                errc::bad_setting));
  BOOST_TEST(!publish('a', "db", x));
  auto taken = publish('a', "db", spawn_echo("y"));
  BOOST_TEST(is(taken, errc::bad_setting));
  BOOST_TEST(describe(taken).find("unpublish it first") != std::string::npos);
  BOOST_TEST(!publish('a', "db", x, {{"zone", "2"}}));
  carriers['a']->refuses = true;
  BOOST_TEST(is(publish('a', "web", spawn_echo("z")), errc::bad_setting));
  BOOST_TEST(holders('a', "web") == "");
}

BOOST_AUTO_TEST_CASE(
  a_remote_actor_is_not_published_as_the_local_one_of_its_id) {
  build_with_directories("ab");
  auto local = spawn_echo("x");
  BOOST_TEST(!publish('a', "db", local));
  deterministic elsewhere;
  auto remote = spawn_with_id_of(local, elsewhere);
  BOOST_TEST_REQUIRE(remote.id() == local.id());
  BOOST_TEST(is(publish('a', "web", remote), errc::bad_setting));
  BOOST_TEST(is(publish('a', "db", remote), errc::bad_setting));
  BOOST_TEST(holders('a', "web") == "");
  caf::anon_send_exit(remote, caf::exit_reason::user_shutdown);
  remote = nullptr;
  elsewhere.run();
}

BOOST_AUTO_TEST_CASE(resolving_gives_handles_at_once) {
  build_with_directories("ab bc");
  publish('b', "db", spawn_echo("on b"));
  publish('c', "db", spawn_echo("on c"));
  run_for(seconds{2});
  BOOST_TEST(resolved('a', "db", which_actor::nearest) == "b");
  BOOST_TEST(resolved('c', "db", which_actor::nearest) == "c");
  BOOST_TEST(resolved('a', "db", which_actor::all) == "bc");
  BOOST_TEST(resolved('a', "db", which_actor::at_peer, at('c').name()) == "c");
  std::set<std::string> drawn;
  for (int i = 0; i < 50; ++i)
    drawn.insert(resolved('a', "db", which_actor::any));
  BOOST_TEST((drawn == std::set<std::string>{"b", "c"}));
  auto handle =
    resolve('a', resolution<caf::actor>(system(), "db", which_actor::nearest));
  auto answer = ask<std::string>(handle.value->all.at(0).as<caf::actor>(), 1);
  BOOST_TEST(*answer.value == "on b");
}

BOOST_AUTO_TEST_CASE(a_local_actor_is_resolved_without_the_carrier) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  publish('a', "db", x);
  auto found = resolve('a', {"db", which_actor::any, {}, {}});
  BOOST_TEST((found.value->all.at(0).actor == x));
  BOOST_TEST(carriers['a']->asked.empty());
}

BOOST_AUTO_TEST_CASE(the_carrier_is_asked_with_the_node_id_of_the_home) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  publish('b', "db", x);
  run_for(milliseconds{20});
  resolve('a', {"db", which_actor::any, {}, {}});
  BOOST_TEST_REQUIRE(carriers['a']->asked.size() == 1u);
  BOOST_TEST((carriers['a']->asked[0] == std::pair{node_of(2), x.id()}));
}

BOOST_AUTO_TEST_CASE(what_is_not_published_is_an_unknown_name) {
  build_with_directories("ab");
  auto found = resolve('a', {"db", which_actor::any, {}, {}});
  BOOST_TEST(is(found.why, errc::unknown_name));
  publish('b', "db", spawn_echo("x"));
  run_for(milliseconds{20});
  found = resolve('a', {"db", which_actor::at_peer, at('a').name(), {}});
  BOOST_TEST(is(found.why, errc::unknown_name));
}

BOOST_AUTO_TEST_CASE(typed_handles_are_checked_against_the_interface) {
  build_with_directories("ab");
  auto x = spawn_counter();
  BOOST_TEST(!ask<void>(all['b'], publication(system(), "sum", x)).why);
  publish('b', "echo", spawn_echo("x"));
  run_for(milliseconds{20});
  auto found = resolve('a', resolution<adder>(system(), "sum"));
  BOOST_TEST_REQUIRE(found.value.has_value());
  BOOST_TEST((found.value->all.at(0).as<adder>() == x));
  found = resolve('a', resolution<counter>(system(), "echo"));
  BOOST_TEST(is(found.why, errc::unknown_name));
  BOOST_TEST(describe(found.why).find("another interface")
             != std::string::npos);
  using other = caf::typed_actor<caf::replies_to<double>::with<double>>;
  BOOST_TEST(!resolve('a', resolution<other>(system(), "sum")).value);
  BOOST_TEST(!!resolve('a', resolution<caf::actor>(system(), "sum")).value);
}

BOOST_AUTO_TEST_CASE(an_actor_has_an_address_that_leads_to_it_on_other_nodes) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  publish('b', "echo", x);
  run_for(milliseconds{20});
  auto found = resolve('a', resolution<caf::actor>(system(), "echo"));
  BOOST_TEST_REQUIRE(found.value.has_value());
  const auto uid = found.value->all.at(0).uid;
  const actor_address address{at('b').name(), uid, x.id()};
  auto there = ask<resolved_actor>(all['a'], resolve_address{address});
  BOOST_TEST_REQUIRE(there.value.has_value(), describe(there.why));
  BOOST_TEST((there.value->as<caf::actor>() == x));
  BOOST_TEST((carriers['a']->asked.back().first == node_of(2)));
  const actor_address of_an_earlier_life{at('b').name(), peer_uid{1}, x.id()};
  auto earlier =
    ask<resolved_actor>(all['a'], resolve_address{of_an_earlier_life});
  BOOST_TEST(is(earlier.why, errc::restarted), describe(earlier.why));
  const actor_address of_nobody{peer_name::from_number(9), uid, x.id()};
  auto nobody = ask<resolved_actor>(all['a'], resolve_address{of_nobody});
  BOOST_TEST(is(nobody.why, errc::no_route), describe(nobody.why));
  // Like a real carrier that has handles of `max_nodes` nodes, the fake carrier
  // returns no handle for this ID.
  const actor_address beyond{at('b').name(), uid, 1'000'000};
  auto refused = ask<resolved_actor>(all['a'], resolve_address{beyond});
  BOOST_TEST(is(refused.why, errc::too_large), describe(refused.why));
}

BOOST_AUTO_TEST_CASE(the_postman_hears_of_all_homes) {
  build_with_directories("ab bc");
  BOOST_TEST(homes['a']->now.size() == 3u);
  BOOST_TEST((homes['a']->now[at('c').name()].node == node_of(3)));
  at('c').stop();
  settle();
  BOOST_TEST(homes['a']->now.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_postman_hears_of_a_change_only_what_has_changed) {
  build_with_directories("ab bc cd de ef");
  BOOST_TEST(homes['a']->now.size() == 6u);
  const auto before = homes['a']->told;
  at('f').stop();
  settle();
  BOOST_TEST(homes['a']->now.size() == 5u);
  BOOST_TEST(homes['a']->told == before + 1);
}

BOOST_AUTO_TEST_CASE(a_directory_ends_with_its_node) {
  build_with_directories("ab");
  auto x = spawn_echo("x");
  publish('a', "db", x);
  at('a').stop();
  auto found = ask<found_names>(all['a'], lookup_name{"db"});
  BOOST_TEST(!found.value.has_value());
}

//   b --- a --- c       b sends junk
BOOST_AUTO_TEST_CASE(
  junk_harms_neither_names_nor_connections_beyond_its_sender) {
  add('a');
  add('b');
  add('c');
  at('a').connect_to(at('b'));
  at('a').connect_to(at('c'));
  directory_on('a');
  directory_on('c');
  at('b').join(names_channel);
  settle();
  publish('c', "db", spawn_echo("x"));
  run_for(milliseconds{20});
  at('b').broadcast(names_channel, "\x05junk");
  at('b').gossip(names_channel, "\x04junk");
  run_for(milliseconds{20});
  BOOST_TEST(holders('a', "db") == "c");
  BOOST_TEST(at('a').degree() == 2u);
  auto figures =
    ask<directory_figures>(all['a'], get_directory_figures{}).value;
  BOOST_TEST(figures->malformed == 2u);
  BOOST_TEST(figures->names == 1u);
}

// The handle of a remote actor has the same ID as the actor at its home. A
// local actor may have that ID, too.
BOOST_AUTO_TEST_CASE(the_end_of_a_remote_watcher_unpublishes_no_local_actor) {
  build_with_directories("ab");
  auto local = spawn_echo("one");
  publish('a', "name", local);
  deterministic elsewhere;
  auto remote = spawn_with_id_of(local, elsewhere);
  BOOST_TEST_REQUIRE(remote.id() == local.id());
  caf::anon_send(caf::actor_cast<caf::actor>(all['a']),
                 watch_distances{remote});
  run();
  caf::anon_send_exit(remote, caf::exit_reason::user_shutdown);
  remote = nullptr;
  elsewhere.run();
  run();
  BOOST_TEST(holders('a', "name") == "a");
}

BOOST_AUTO_TEST_SUITE_END()
