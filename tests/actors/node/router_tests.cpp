#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include <cafmesh/router.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the router, the actor that an application uses as its node:
// settings, joining channels, start and stop, and parts that fail.
namespace {

struct routers : mesh {
  caf::error spawn_failure(const settings& setup) {
    auto result = spawn_router(system(), setup, net_ptr(), make_null_sink());
    if (!result)
      return std::move(result.error());
    ask<void>(*result, stop_mesh{});
    return {};
  }
  caf::error join_failure(const router_actor& where, const std::string& name) {
    auto what = std::make_shared<record>();
    auto gossiper = gossiper_actor{spawn_recorder(system(), what)};
    return ask<gossip_channel_actor>(where, join_channel{name, gossiper}).why;
  }
  std::vector<reply_ptr<void>> start_stopping(node& x, int times) {
    std::vector<reply_ptr<void>> result;
    for (int i = 0; i < times; ++i)
      result.push_back(ask_later<void>(system(), x.router(), stop_mesh{}));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(router_tests, routers)

// -- settings

BOOST_AUTO_TEST_CASE(a_taken_port_is_an_error) {
  add('a');
  auto before = running();
  auto why = spawn_failure(settings_for('a'));
  BOOST_TEST(is(why, errc::address_in_use), describe(why));
  BOOST_TEST(running() == before);
}

BOOST_AUTO_TEST_CASE(a_setting_out_of_its_range_is_an_error) {
  auto bad_with = [&](auto change) {
    auto setup = settings_for('a');
    change(setup);
    auto why = spawn_failure(setup);
    return is(why, errc::bad_setting);
  };
  BOOST_TEST(bad_with([](settings& x) { x.gossip_interval = {}; }));
  BOOST_TEST(bad_with([](settings& x) { x.accept_burst = 0; }));
  BOOST_TEST(bad_with([](settings& x) { x.max_strangers = 0; }));
  BOOST_TEST(bad_with([](settings& x) { x.patience = x.heartbeat_interval; }));
  BOOST_TEST(bad_with([](settings& x) { x.retry_max = milliseconds{1}; }));
  BOOST_TEST(bad_with([](settings& x) { x.min_protocol_version = 3; }));
  BOOST_TEST(
    bad_with([](settings& x) { x.nickname = std::string(1025, 'x'); }));
  auto ever = milliseconds::max();
  BOOST_TEST(bad_with([=](settings& x) { x.heartbeat_interval = ever; }));
  BOOST_TEST(bad_with([=](settings& x) { x.patience = ever; }));
  BOOST_TEST(bad_with([=](settings& x) { x.announcement_interval = ever; }));
  BOOST_TEST(net().open_listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(a_bad_address_or_name_is_an_error) {
  auto setup = settings_for('a');
  setup.host = "localhost";
  BOOST_TEST(is(spawn_failure(setup), errc::bad_address));
  setup = settings_for('a');
  setup.peers = {"no:host:here"};
  BOOST_TEST(is(spawn_failure(setup), errc::bad_address));
  setup = settings_for('a');
  setup.flavour = name_flavour::hash;
  BOOST_TEST(is(spawn_failure(setup), errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(a_node_describes_itself) {
  add('a');
  auto us = ask<node_description>(at('a').router(), get_node{});
  BOOST_TEST_REQUIRE(us.value.has_value());
  BOOST_TEST((us.value->name == at('a').name()));
  BOOST_TEST(us.value->nickname == "a");
  BOOST_TEST(us.value->address == "10.0.0.97:6783");
  BOOST_TEST((us.value->uid != peer_uid::none));
}

BOOST_AUTO_TEST_CASE(port_0_picks_a_free_port) {
  auto setup = settings_for('a');
  setup.port = 0;
  add('a', setup);
  auto us = ask<node_description>(at('a').router(), get_node{});
  BOOST_TEST_REQUIRE(us.value.has_value());
  add('b').connect_to({us.value->address});
  BOOST_TEST(at('b').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_missing_name_is_drawn_at_random) {
  auto setup = settings_for('a');
  setup.name.reset();
  add('a', setup);
  auto us = ask<node_description>(at('a').router(), get_node{});
  BOOST_TEST(!us.value->name.is_unknown());
}

// -- channels

BOOST_AUTO_TEST_CASE(a_channel_has_one_gossiper) {
  add('a');
  auto why = join_failure(at('a').router(), "chan");
  BOOST_TEST(is(why, errc::duplicate_channel), describe(why));
}

BOOST_AUTO_TEST_CASE(the_channel_topology_cannot_be_joined) {
  add('a');
  BOOST_TEST(
    is(join_failure(at('a').router(), "topology"), errc::duplicate_channel));
}

BOOST_AUTO_TEST_CASE(the_name_of_a_channel_has_a_size_limit) {
  add('a');
  auto longest = std::string(max_channel_name_size, 'x');
  BOOST_TEST(!join_failure(at('a').router(), longest));
  BOOST_TEST(
    is(join_failure(at('a').router(), longest + 'x'), errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_channel_without_a_gossiper_is_an_error) {
  add('a');
  auto asked =
    ask<gossip_channel_actor>(at('a').router(), join_channel{"empty", {}});
  BOOST_TEST(is(asked.why, errc::bad_setting));
}

BOOST_AUTO_TEST_CASE(a_channel_can_be_joined_after_the_start) {
  build("ab");
  at('a').join("late");
  at('b').join("late");
  at('a').broadcast("late", "word");
  settle();
  BOOST_TEST(at('b').recorded("late").broadcasts_of("word ") == 1u);
}

BOOST_AUTO_TEST_CASE(routers_in_one_system_have_separate_channels) {
  add('a').join("other");
  add('b').join("other");
  at('a').broadcast("other", "word");
  settle();
  BOOST_TEST(at('b').recorded("other").broadcasts.empty());
}

// -- start and stop

BOOST_AUTO_TEST_CASE(a_second_start_is_an_error) {
  add('a');
  auto again = ask<void>(at('a').router(), start_mesh{});
  BOOST_TEST(is(again.why, errc::already_started), describe(again.why));
}

BOOST_AUTO_TEST_CASE(a_stop_ends_all_actors_and_closes_everything) {
  auto before = running();
  build("ab bc ca");
  for (char letter : {'a', 'b', 'c'})
    at(letter).stop();
  BOOST_TEST(running() == before);
  BOOST_TEST(net().open_sockets() == 0u);
  BOOST_TEST(net().open_listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(a_stop_frees_the_port) {
  for (int i = 0; i < 3; ++i) {
    add('a');
    at('a').stop();
  }
  BOOST_TEST(net().open_listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_never_started_can_be_stopped) {
  prepare('a', settings_for('a')).stop();
  BOOST_TEST(running() == 0u);
}

BOOST_AUTO_TEST_CASE(every_stop_request_is_answered) {
  add('a');
  auto stops = start_stopping(at('a'), 3);
  run();
  for (const auto& x : stops)
    BOOST_TEST(!x->is_open);
  BOOST_TEST(!stops[0]->why);
  BOOST_TEST(running() == 1u); // only the test's own gossiper
}

BOOST_AUTO_TEST_CASE(a_stop_ends_unfinished_introductions) {
  add('a').connect_to({"10.0.0.99"});
  stranger s{*this, at('a')};
  s.step();
  auto half_way = net().open("10.0.0.120", at('a').host(), 6783);
  run();
  at('a').stop();
  BOOST_TEST(net().open_sockets() == 2u); // only the test's own ends
  BOOST_TEST(running() == 0u);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_an_unfinished_dial) {
  net().unplug("10.0.0.97", "10.0.0.200");
  add('a').connect_to({"10.0.0.200", "unknown"});
  at('a').stop();
  BOOST_TEST(running() == 0u);
}

BOOST_AUTO_TEST_CASE(a_stop_under_load_answers_all_pending_requests) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(
      at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x')));
  at('a').stop();
  for (const auto& x : sent)
    BOOST_TEST(!x->is_open);
  BOOST_TEST(bool{sent.back()->why});
}

BOOST_AUTO_TEST_CASE(a_stopped_node_answers_every_request_with_stopped) {
  add('a');
  auto router = at('a').router();
  auto channel = at('a').channel("chan");
  at('a').stop();
  auto stopped = [&](const auto& x) {
    return is(x.why, errc::stopped);
  };
  BOOST_TEST(stopped(ask<void>(router, start_mesh{})));
  BOOST_TEST(stopped(ask<void>(router, stop_mesh{})));
  BOOST_TEST(stopped(ask<void>(router, connect_to{{"10.0.0.1"}})));
  BOOST_TEST(stopped(ask<void>(router, forget{{"10.0.0.1"}})));
  BOOST_TEST(is(join_failure(router, "late"), errc::stopped));
  BOOST_TEST(stopped(ask<mesh_description>(router, get_topology{})));
  BOOST_TEST(stopped(ask<mesh_status>(router, get_status{})));
  auto lost = unicast{peer_name::from_number('a'), text_payload("x")};
  BOOST_TEST(stopped(ask<void>(channel, lost)));
}

BOOST_AUTO_TEST_CASE(a_request_during_a_stop_is_an_error) {
  add('a');
  auto router = at('a').router();
  auto stops = start_stopping(at('a'), 1);
  auto start = ask_later<void>(system(), router, start_mesh{});
  auto dial = ask_later<void>(system(), router, connect_to{{"10.0.0.1"}});
  auto why = join_failure(router, "late");
  run();
  BOOST_TEST(is(start->why, errc::stopped));
  BOOST_TEST(is(dial->why, errc::stopped));
  BOOST_TEST(is(why, errc::stopped));
}

BOOST_AUTO_TEST_CASE(a_hundred_starts_and_stops_leave_nothing_behind) {
  for (int i = 0; i < 100; ++i) {
    build("ab");
    BOOST_TEST_REQUIRE(all_know("a>b b>a"));
    at('b').stop();
    at('a').stop();
    nodes().clear();
    BOOST_TEST_REQUIRE(running() == 0u);
    BOOST_TEST_REQUIRE(net().open_sockets() == 0u);
  }
}

// -- a stop that is never sent

BOOST_AUTO_TEST_CASE(a_node_that_nobody_can_stop_says_so_once) {
  auto log = std::make_shared<collecting_log>();
  auto router = spawn_router(system(), settings_for('z'), net_ptr(), log);
  BOOST_TEST_REQUIRE(bool{router});
  caf::actor_addr weak = router->address();
  caf::anon_send(*router, start_mesh{});
  run_for(minutes{1});
  BOOST_TEST(!log->has("nobody can stop"));
  router = caf::error{};
  run_for(seconds{10});
  BOOST_TEST(log->count({"nobody can stop", "stop_mesh"}) == 1u);
  run_for(minutes{1});
  BOOST_TEST(log->count({"nobody can stop"}) == 1u);
  caf::anon_send_exit(caf::actor_cast<caf::strong_actor_ptr>(weak),
                      caf::exit_reason::user_shutdown);
  run();
}

BOOST_AUTO_TEST_CASE(a_node_whose_handle_is_held_never_complains) {
  build("ab");
  at('a').find("relayed");
  run_for(minutes{5});
  BOOST_TEST(at('a').log().complaints() == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_gets_no_thread_to_run_on_says_so_once) {
  build("ab");
  run_for(minutes{5});
  BOOST_TEST(at('a').log().complaints() == 0u);
  pass_without_running(seconds{16});
  BOOST_TEST(at('a').log().count({"no thread to run on", "detached"}) == 1u);
  pass_without_running(minutes{1});
  BOOST_TEST(at('a').log().complaints() == 1u);
}

// -- parts that fail

BOOST_AUTO_TEST_CASE(a_part_that_ends_on_its_own_ends_the_node) {
  build("ab");
  auto router = at('a').router();
  caf::anon_send_exit(at('a').channel("chan"), caf::exit_reason::kill);
  run();
  BOOST_TEST(at('a').log().has("channel 'chan' ended"));
  BOOST_TEST(bool{ask<mesh_description>(router, get_topology{}).why});
  settle();
  BOOST_TEST(net().open_sockets() == 0u);
  BOOST_TEST(at('b').topology() == "b");
}

BOOST_AUTO_TEST_CASE(an_exit_message_stops_the_node) {
  build("ab");
  caf::anon_send_exit(at('a').router(), caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(at('a').log().has("has stopped"));
  BOOST_TEST(net().open_sockets() == 0u);
  BOOST_TEST(net().open_listeners() == 1u);
}

BOOST_AUTO_TEST_CASE(our_own_nickname_reaches_the_log_escaped) {
  auto setup = settings_for('a');
  setup.nickname = "a\nline";
  BOOST_TEST(add('a', setup).log().count({"listens on", "line)"}) == 1u);
  BOOST_TEST(!at('a').log().has("a\nline"));
}

BOOST_AUTO_TEST_CASE(a_peer_without_a_nickname_is_logged_by_its_name_alone) {
  auto setup = settings_for('b');
  setup.nickname.clear();
  auto& nameless = add('b', setup);
  BOOST_TEST(nameless.log().has("node 00:00:00:00:00:62 listens on"));
  add('a').connect_to(nameless);
  settle();
  BOOST_TEST(at('a').log().has("peer 00:00:00:00:00:62 is known now"));
  BOOST_TEST(at('a').log().has("|00:00:00:00:00:62] connected"));
}

BOOST_AUTO_TEST_SUITE_END()
