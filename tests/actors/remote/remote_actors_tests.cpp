#include <cafmesh/remote_actors.hpp>

#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/remote/carrier.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/options.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of actors in different systems that reach each other through handles:
// requests, monitors, links, restarts and limits.
namespace remote_test {

struct private_type {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, private_type& a) {
  return f(a.x);
}

} // namespace remote_test

namespace {

using strings = std::vector<std::string>;
using text_list = std::shared_ptr<strings>;

text_list make_list() {
  return std::make_shared<strings>();
}

// An actor that adds numbers, keeps strings and returns handles. It also sends
// strings to another actor and delegates to it.
auto helper(text_list heard = make_list()) {
  return [heard](caf::event_based_actor* self) -> caf::behavior {
    return {
      [](int x, int y) { return x + y; },
      [heard](const std::string& x) { heard->push_back(x); },
      [](const caf::actor& x) { return x; },
      [self](const std::string& text, const caf::actor& to) {
        self->send(to, text);
      },
      [self](const caf::actor& to, int x, int y) {
        return self->delegate(to, x, y);
      },
    };
  };
}

// Records down and exit messages from other actors as `down REASON` and `exit
// REASON`.
auto observer(text_list seen, std::vector<caf::actor> monitored,
              std::vector<caf::actor> linked = {}) {
  return [=](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([seen](caf::down_msg& x) {
      seen->push_back("down " + describe(x.reason));
    });
    self->set_exit_handler([self, seen](caf::exit_msg& x) {
      seen->push_back("exit " + describe(x.reason));
      if (x.reason == caf::exit_reason::user_shutdown
          && x.source == self->address())
        self->quit(x.reason);
    });
    for (const auto& x : monitored)
      self->monitor(x);
    for (const auto& x : linked)
      self->link_to(x);
    return {[seen](const std::string& x) { seen->push_back(x); },
            [self](caf::ok_atom, const caf::actor& x) {
              self->unlink_from(x);
              self->demonitor(x);
            }};
  };
}

template <class T>
struct answer {
  std::optional<T> value;
  caf::error why;
};

template <class T, class... Ts>
std::shared_ptr<answer<T>> ask(machine& from, const caf::actor& whom,
                               Ts... xs) {
  auto result = std::make_shared<answer<T>>();
  from.system().spawn([=](caf::event_based_actor* self) {
    self->request(whom, caf::infinite, xs...)
      .then([result](T& x) { result->value = std::move(x); },
            [result](caf::error& why) { result->why = std::move(why); });
  });
  return result;
}

const std::string shutdown = describe(caf::exit_reason::user_shutdown);

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_actors_tests, actor_machines)

BOOST_AUTO_TEST_CASE(a_request_is_answered_over_two_hops) {
  line("abc");
  auto far = at('c').publish(helper());
  auto got = ask<int>(at('a'), at('a').handle_of(far), 3, 4);
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
  BOOST_TEST(*got->value == 7);
}

BOOST_AUTO_TEST_CASE(messages_arrive_in_order) {
  line("abc");
  auto heard = make_list();
  auto far = at('c').publish(helper(heard));
  auto handle = at('a').handle_of(far);
  strings sent;
  at('a').spawn([&](caf::event_based_actor* self) {
    for (int i = 0; i < 1000; ++i) {
      sent.push_back(std::to_string(i));
      self->send(handle, sent.back());
    }
  });
  run_for(milliseconds{500});
  BOOST_TEST((*heard == sent));
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_carried_out_gets_an_error) {
  actor_settings config;
  config.max_message = 10'000;
  line("ab", config);
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  auto unknown = ask<int>(at('a'), handle, remote_test::private_type{1});
  auto large = ask<int>(at('a'), handle, std::string(20'000, 'x'));
  auto unexpected = ask<int>(at('a'), handle, 1.5);
  auto nobody =
    ask<int>(at('a'),
             caf::actor_cast<caf::actor>(
               at('a').remote.carrier->handle_of(far.node(), far.id() + 1000)),
             1, 2);
  run_for(milliseconds{100});
  BOOST_TEST(is(unknown->why, errc::unknown_type), describe(unknown->why));
  BOOST_TEST(describe(unknown->why).find("private_type") != std::string::npos);
  BOOST_TEST(is(large->why, errc::too_large), describe(large->why));
  BOOST_TEST((unexpected->why == caf::sec::unexpected_message),
             describe(unexpected->why));
  BOOST_TEST(is(nobody->why, errc::ended), describe(nobody->why));
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_sent_becomes_an_error) {
  line("ab");
  auto far = at('b').publish([](caf::event_based_actor*) -> caf::behavior {
    return {[](int) {
      return remote_test::private_type{1};
    }};
  });
  auto got = ask<int>(at('a'), at('a').handle_of(far), 1);
  run_for(milliseconds{100});
  BOOST_TEST(is(got->why, errc::unknown_type), describe(got->why));
}

BOOST_AUTO_TEST_CASE(a_handle_that_comes_home_is_the_original) {
  line("ab");
  auto far = at('b').publish(helper());
  auto mine = at('a').spawn(helper());
  auto got = ask<caf::actor>(at('a'), at('a').handle_of(far), mine);
  run_for(milliseconds{100});
  run_for(seconds{20});
  BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
  BOOST_TEST(caf::actor_cast<caf::abstract_actor*>(*got->value)
             == caf::actor_cast<caf::abstract_actor*>(mine));
}

BOOST_AUTO_TEST_CASE(a_handle_works_on_a_third_machine) {
  line("abc");
  auto heard = make_list();
  auto on_a = at('a').publish(helper(heard));
  auto on_c = at('c').publish(helper());
  auto a_from_b = at('b').handle_of(on_a);
  auto c_from_b = at('b').handle_of(on_c);
  caf::anon_send(c_from_b, std::string{"from c by b's handle"}, a_from_b);
  auto same = ask<caf::actor>(at('b'), c_from_b, a_from_b);
  run_for(milliseconds{100});
  BOOST_TEST((*heard == strings{"from c by b's handle"}));
  BOOST_TEST_REQUIRE(same->value.has_value(), describe(same->why));
  BOOST_TEST((*same->value == a_from_b));
}

BOOST_AUTO_TEST_CASE(a_request_can_be_delegated_to_a_third_machine) {
  line("abc");
  auto on_b = at('b').publish(helper());
  auto on_c = at('c').publish(helper());
  auto got =
    ask<int>(at('a'), at('a').handle_of(on_b), at('a').handle_of(on_c), 20, 3);
  run_for(milliseconds{200});
  run_for(seconds{20});
  BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
  BOOST_TEST(*got->value == 23);
}

BOOST_AUTO_TEST_CASE(only_actors_that_were_given_away_can_be_addressed) {
  line("ab");
  auto heard = make_list();
  auto hidden = at('b').spawn(helper(heard));
  at('b').system().registry().put(hidden.id(), hidden);
  auto handle = at('a').handle_of(hidden);
  caf::anon_send(handle, std::string{"psst"});
  auto got = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{100});
  BOOST_TEST(heard->empty());
  BOOST_TEST(is(got->why, errc::ended), describe(got->why));
}

// -- monitors, links and exits

BOOST_AUTO_TEST_CASE(a_down_message_follows_everything_that_was_sent) {
  line("abc");
  auto far = at('c').publish([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const caf::actor& to) {
      for (auto text : {"1", "2", "3"})
        self->send(to, std::string{text});
      self->quit(caf::exit_reason::user_shutdown);
    }};
  });
  auto seen = make_list();
  auto handle = at('a').handle_of(far);
  auto watcher = at('a').spawn(observer(seen, {handle, handle}));
  run_for(milliseconds{50});
  caf::anon_send(handle, watcher);
  handle = nullptr; // the monitor keeps the proxy alive
  run_for(milliseconds{200});
  BOOST_TEST(
    (*seen == strings{"1", "2", "3", "down " + shutdown, "down " + shutdown}));
}

BOOST_AUTO_TEST_CASE(an_actor_that_has_ended_is_reported_to_later_monitors) {
  line("ab");
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down ended") == 0u);
  auto later = make_list();
  at('a').spawn(observer(later, {handle}));
  run();
  BOOST_TEST(later->size() == 1u);
}

BOOST_AUTO_TEST_CASE(links_work_in_both_directions) {
  line("abc");
  auto seen_far = make_list();
  auto seen_here = make_list();
  auto first = at('c').publish(observer(seen_far, {}));
  auto second = at('c').publish(observer(make_list(), {}));
  auto ends_here =
    at('a').spawn(observer(make_list(), {}, {at('a').handle_of(first)}));
  at('a').spawn(observer(seen_here, {}, {at('a').handle_of(second)}));
  run_for(milliseconds{100});
  caf::anon_send_exit(ends_here, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
  run_for(milliseconds{200});
  BOOST_TEST(*seen_far == strings{"exit " + shutdown},
             boost::test_tools::per_element());
  BOOST_TEST(*seen_here == strings{"exit " + shutdown},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_link_that_was_undone_tells_nothing) {
  line("ab");
  auto seen_far = make_list();
  auto seen_here = make_list();
  auto far = at('b').publish(observer(seen_far, {}));
  auto handle = at('a').handle_of(far);
  auto here = at('a').spawn(observer(seen_here, {}, {handle}));
  run_for(milliseconds{50});
  caf::anon_send(here, caf::ok_atom_v, handle);
  run_for(milliseconds{50});
  caf::anon_send_exit(far, caf::exit_reason::kill);
  run_for(milliseconds{100});
  BOOST_TEST(seen_here->empty());
}

BOOST_AUTO_TEST_CASE(a_monitor_that_was_undone_tells_nothing) {
  line("ab");
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  auto undone = make_list();
  auto kept = make_list();
  auto here = at('a').spawn(observer(undone, {handle}));
  at('a').spawn(observer(kept, {handle}));
  run_for(milliseconds{50});
  caf::anon_send(here, caf::ok_atom_v, handle);
  run_for(milliseconds{50});
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST(undone->empty());
  BOOST_TEST((*kept == strings{"down " + shutdown}));
}

BOOST_AUTO_TEST_CASE(
  exits_from_peers_are_ignored_unless_a_setting_allows_them) {
  actor_settings willing;
  willing.remote_exits = true;
  add('a');
  add('b', willing);
  add('c');
  connect('a', 'b');
  connect('a', 'c');
  run_for(seconds{3});
  publish_homes();
  auto seen_b = make_list();
  auto seen_c = make_list();
  auto on_b = at('b').publish(observer(seen_b, {}));
  auto on_c = at('c').publish(observer(seen_c, {}));
  for (const auto& x : {on_b, on_c})
    caf::anon_send_exit(at('a').handle_of(x), caf::exit_reason::out_of_workers);
  run_for(milliseconds{200});
  BOOST_TEST(
    (*seen_b == strings{"exit " + describe(caf::exit_reason::out_of_workers)}));
  BOOST_TEST(seen_c->empty());
}

// As with local actors, the exit undoes the link, so the end of its sender is
// no second exit.
BOOST_AUTO_TEST_CASE(an_actor_sends_an_exit_to_one_that_it_is_linked_to) {
  actor_settings willing;
  willing.remote_exits = true;
  line("ab", willing);
  for (auto is_linked : {false, true}) {
    auto seen = make_list();
    auto from = std::make_shared<caf::actor_addr>();
    auto handle = at('a').handle_of(
      at('b').publish([=](caf::event_based_actor* self) -> caf::behavior {
        self->set_exit_handler([=](caf::exit_msg& x) {
          seen->push_back(describe(x.reason));
          *from = x.source;
        });
        return {[](int) {
        }};
      }));
    auto sender =
      at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
        if (is_linked)
          self->link_to(handle);
        return {[=](caf::ok_atom) {
          self->send_exit(handle, caf::exit_reason::out_of_workers);
        }};
      });
    run_for(milliseconds{100});
    caf::anon_send(sender, caf::ok_atom_v);
    run_for(milliseconds{100});
    const strings expected{describe(caf::exit_reason::out_of_workers)};
    BOOST_TEST((*seen == expected));
    BOOST_TEST((*from == sender.address()));
    caf::anon_send_exit(sender, caf::exit_reason::user_shutdown);
    run_for(milliseconds{100});
    BOOST_TEST((*seen == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_scoped_actor_s_exit_that_is_refused_is_counted) {
  line("ab");
  auto handle = at('a').handle_of(at('b').publish(helper()));
  caf::scoped_actor self{at('a').system()};
  self->send_exit(handle, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST(dropped_messages(at('b').remote) == 1u);
}

// -- the ends of peers

BOOST_AUTO_TEST_CASE(handles_of_a_restarted_peer_end_and_reach_nobody) {
  line("ab");
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  run_for(milliseconds{50});
  net().unplug(host_of('a'), host_of('b'));
  stop('b');
  net().cut(host_of('a'), host_of('b'));
  net().plug(host_of('a'), host_of('b'));
  add('b');
  auto heard = make_list();
  caf::actor next;
  do // until an actor after the restart has the old ID
    next = at('b').publish(helper(heard));
  while (next.id() < far.id());
  connect('a', 'b');
  run_for(seconds{3});
  publish_homes();
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down restarted") == 0u, seen->front());
  caf::anon_send(handle, std::string{"for the old one"});
  auto old = ask<int>(at('a'), handle, 1, 2);
  auto fresh = ask<int>(at('a'), at('a').handle_of(next), 1, 2);
  run_for(milliseconds{100});
  BOOST_TEST(is(old->why, errc::restarted), describe(old->why));
  BOOST_TEST_REQUIRE(fresh->value.has_value(), describe(fresh->why));
  BOOST_TEST(heard->empty());
}

BOOST_AUTO_TEST_CASE(a_request_to_a_life_that_has_departed_fails_at_once) {
  line("ab");
  auto far = at('b').publish(helper());
  auto node = far.node();
  auto id = far.id();
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{50});
  publish_homes("b");
  run_for(milliseconds{60});
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  auto open = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{5});
  BOOST_TEST(is(open->why, errc::left), describe(open->why));
  BOOST_TEST(seen->size() == 1u);
  net().unplug(host_of('a'), host_of('b'));
  stop('b');
  net().cut(host_of('a'), host_of('b'));
  net().plug(host_of('a'), host_of('b'));
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  publish_homes();
  auto old = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{5});
  BOOST_TEST(is(old->why, errc::restarted), describe(old->why));
  // Another machine may still send handles of actors from before the restart.
  handle = caf::actor_cast<caf::actor>(
    at('a').remote.carrier->handle_of(node, id + 1));
  auto late = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{5});
  BOOST_TEST(is(late->why, errc::restarted), describe(late->why));
}

BOOST_AUTO_TEST_CASE(
  an_unreachable_peer_is_reported_and_works_when_it_is_back) {
  line("abc");
  auto far = at('c').publish(helper());
  auto handle = at('a').handle_of(far);
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  run_for(milliseconds{50});
  net().unplug(host_of('b'), host_of('c'));
  auto open = ask<int>(at('a'), handle, 1, 2);
  run_for(seconds{9});
  BOOST_TEST(seen->empty());
  run_for(seconds{2}); // `down_after` and a second
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down unreachable") == 0u, seen->front());
  BOOST_TEST(is(open->why, errc::unreachable), describe(open->why));
  net().plug(host_of('b'), host_of('c'));
  run_for(seconds{2});
  at('a').spawn(observer(seen, {handle}));
  auto again = ask<int>(at('a'), handle, 1, 2);
  run_for(seconds{2});
  BOOST_TEST_REQUIRE(again->value.has_value(), describe(again->why));
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST(seen->back() == "down " + shutdown);
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_says_so) {
  line("ab");
  auto far = at('b').publish(helper());
  auto seen = make_list();
  at('a').spawn(observer(seen, {at('a').handle_of(far)}));
  run_for(milliseconds{50});
  caf::anon_send_exit(at('b').remote.postman, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down left") == 0u, seen->front());
}

BOOST_AUTO_TEST_CASE(
  a_peer_without_a_route_has_left_and_works_when_it_is_back) {
  line("ab");
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  run_for(milliseconds{50});
  publish_homes("b");
  run_for(milliseconds{40});
  publish_homes();
  run_for(milliseconds{100});
  BOOST_TEST(seen->empty());
  publish_homes("b");
  auto open = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{60});
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down left") == 0u, seen->front());
  publish_homes();
  run_for(milliseconds{500});
  auto again = ask<int>(at('a'), handle, 1, 2);
  run_for(milliseconds{500});
  BOOST_TEST_REQUIRE(again->value.has_value(), describe(again->why));
}

BOOST_AUTO_TEST_CASE(handles_end_with_the_node) {
  line("ab");
  auto far = at('b').publish(helper());
  auto handle = at('a').handle_of(far);
  auto seen = make_list();
  at('a').spawn(observer(seen, {handle}));
  run_for(milliseconds{50});
  ask_later<void>(at('a').system(), at('a').router, stop_mesh{});
  run_for(seconds{3});
  BOOST_TEST_REQUIRE(seen->size() == 1u);
  BOOST_TEST(seen->front().find("down stopped") == 0u, seen->front());
  auto later = ask<int>(at('a'), handle, 1, 2);
  run();
  BOOST_TEST(is(later->why, errc::stopped), describe(later->why));
}

BOOST_AUTO_TEST_CASE(a_handle_may_arrive_before_its_home_is_known) {
  add('a');
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  auto far = at('b').publish(helper());
  auto got = ask<int>(at('a'), at('a').handle_of(far), 3, 4);
  run_for(seconds{2});
  BOOST_TEST(!got->value.has_value());
  publish_homes();
  run_for(seconds{1});
  run_for(seconds{20});
  BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
}

BOOST_AUTO_TEST_CASE(a_handle_whose_home_stays_unknown_has_no_route) {
  line("ab");
  deterministic elsewhere;
  auto stranger =
    elsewhere.system().spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](int) {
      }};
    });
  auto got = ask<int>(at('a'), at('a').handle_of(stranger), 1);
  run_for(seconds{11});
  BOOST_TEST(is(got->why, errc::no_route), describe(got->why));
  stranger = nullptr;
  elsewhere.run();
}

BOOST_AUTO_TEST_CASE(a_node_id_that_another_life_gives_up_leads_to_its_owner) {
  add('a');
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  auto far = at('b').publish(helper());
  auto tell = [&](homes_changed x) {
    caf::anon_send(at('a').remote.postman, x);
    caf::anon_send(at('b').remote.postman, homes_changed{{at('a').home}, {}});
    run();
  };
  const actor_home liar{peer_name::from_number(99), peer_uid{99}, far.node()};
  tell({{liar}, {}});
  tell({{at('b').home}, {liar}});
  run_for(milliseconds{100});
  auto got = ask<int>(at('a'), at('a').handle_of(far), 3, 4);
  run_for(seconds{1});
  BOOST_TEST(got->value.has_value(), describe(got->why));
}

// -- bounds

BOOST_AUTO_TEST_CASE(a_stuck_actor_costs_its_window_and_harms_no_other) {
  actor_settings config;
  config.window = 1'000'000;
  config.actor_window = 100'000;
  line("ab", config);
  caf::actor sleeper =
    at('b').publish([](caf::event_based_actor* self) -> caf::behavior {
      self->set_default_handler(caf::skip);
      return {[](int) {
      }};
    });
  auto other = at('b').publish(helper());
  auto to_sleeper = at('a').handle_of(sleeper);
  for (int i = 0; i < 100; ++i)
    caf::anon_send(to_sleeper, std::string(10'000, 'x'));
  run_for(milliseconds{100});
  BOOST_TEST(dropped_messages(at('a').remote) >= 90u);
  auto refused = ask<int>(at('a'), to_sleeper, std::string(10'000, 'x'));
  auto served = ask<int>(at('a'), at('a').handle_of(other), 1, 2);
  run_for(milliseconds{100});
  BOOST_TEST(is(refused->why, errc::congested), describe(refused->why));
  BOOST_TEST_REQUIRE(served->value.has_value(), describe(served->why));
  caf::anon_send_exit(sleeper, caf::exit_reason::kill);
  run_for(milliseconds{100});
}

BOOST_AUTO_TEST_CASE(credit_returns_as_messages_are_processed) {
  actor_settings config;
  config.window = 100'000;
  config.actor_window = 50'000;
  line("ab", config);
  auto heard = make_list();
  auto far = at('b').publish(helper(heard));
  auto handle = at('a').handle_of(far);
  for (int i = 0; i < 100; ++i) {
    caf::anon_send(handle, std::string(10'000, 'x'));
    run_for(milliseconds{5});
  }
  BOOST_TEST(heard->size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_system_without_an_identity_is_told_what_to_do) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  auto result = spawn_actor_layer(system, {});
  BOOST_TEST_REQUIRE(!result);
  BOOST_TEST(is(result.error(), errc::no_identity));
  BOOST_TEST(describe(result.error()).find("add_options") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_out_of_range_are_named) {
  actor_settings config;
  config.max_message = 0;
  BOOST_TEST(describe(check(config)).find("actors.max_message")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
