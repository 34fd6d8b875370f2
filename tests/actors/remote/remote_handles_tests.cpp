#include <boost/test/unit_test.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/remote/carrier.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of many handles of a peer's actors, and of how long the peer keeps
// these actors.
namespace {

caf::behavior successor() {
  return {[](int x) {
    return x + 1;
  }};
}

struct handles : actor_machines {
  std::shared_ptr<carrier> carrier_of(char letter) {
    return std::static_pointer_cast<carrier>(at(letter).remote.carrier);
  }
  /// Spawns an actor at b that peers may address as long as they hold a handle.
  caf::actor export_one() {
    auto result =
      at('b').spawn([](caf::event_based_actor*) { return successor(); });
    carrier_of('b')->exported()->add(
      caf::actor_cast<caf::strong_actor_ptr>(result));
    return result;
  }
  bool is_exported(caf::actor_id id) {
    return carrier_of('b')->exported()->contains(id);
  }
  bool is_served(const caf::actor& whom, char asker = 'a') {
    auto got = ask_later<int>(at(asker).system(), whom, 1);
    run_for(seconds{1});
    return got->value.has_value();
  }
  /// Makes handles of actors that b does not have.
  std::vector<caf::strong_actor_ptr> many(std::size_t count) {
    constexpr caf::actor_id far_ahead = 1'000'000;
    std::vector<caf::strong_actor_ptr> result;
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(
        at('a').remote.carrier->handle_of(at('b').home.node, far_ahead + i));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_handles_tests, handles)

BOOST_AUTO_TEST_CASE(more_handles_than_a_session_tells_at_once_harm_nothing) {
  constexpr std::size_t count = 300'000;
  line("ab");
  auto handle = at('a').handle_of(export_one());
  auto downs = at('a').monitor(handle);
  run_for(milliseconds{50});
  net().unplug(host_of('a'), host_of('b'));
  auto all = many(count);
  run_for(seconds{1});
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{3});
  BOOST_TEST(downs->empty());
  BOOST_TEST(is_served(handle));
  for (const auto& x : all)
    if (x && !proxy_of(x).has_ended())
      BOOST_FAIL("a handle of no actor has not ended");
}

BOOST_AUTO_TEST_CASE(an_outage_with_very_many_handles_ends) {
  constexpr std::size_t count = 300'000;
  line("ab");
  auto far = export_one();
  auto handle = at('a').handle_of(far);
  auto downs = at('a').monitor(handle);
  run_for(milliseconds{50});
  net().unplug(host_of('a'), host_of('b'));
  auto all = many(count);
  run_for(seconds{12});
  BOOST_TEST_REQUIRE(downs->size() == 1u);
  BOOST_TEST(is(downs->front(), errc::unreachable), describe(downs->front()));
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{5});
  BOOST_TEST(is_served(handle));
  // After the outage, b must hear again that a handle of its actor exists.
  run_for(seconds{40});
  BOOST_TEST(is_exported(far.id()));
}

BOOST_AUTO_TEST_CASE(a_handle_in_the_reason_of_an_end_works) {
  line("ab");
  auto far = export_one();
  auto reasons = at('a').monitor(at('a').handle_of(far));
  auto successor_of_far =
    at('b').spawn([](caf::event_based_actor*) { return successor(); });
  run_for(milliseconds{50});
  caf_version::tell_to_end(
    far.address(),
    caf::error{7, caf::atom("test"), caf::make_message(successor_of_far)});
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(reasons->size() == 1u);
  BOOST_TEST_REQUIRE(reasons->front().context().match_elements<caf::actor>());
  BOOST_TEST(is_served(reasons->front().context().get_as<caf::actor>(0)));
}

BOOST_AUTO_TEST_CASE(handles_of_one_node_have_a_limit) {
  actor_settings config;
  config.max_handles = 2;
  line("ab", config);
  auto all = many(17);
  BOOST_TEST(!!all[15]);
  BOOST_TEST(!all[16]);
  all.erase(all.begin());
  run_for(milliseconds{50});
  BOOST_TEST(!!carrier_of('a')->handle_of(at('b').home.node, 7));
}

BOOST_AUTO_TEST_CASE(a_handle_that_came_before_its_home_is_released_once) {
  add('a');
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  auto far = export_one();
  auto id = far.id();
  auto handle = at('a').handle_of(far);
  far = nullptr;
  at('b').actors.clear();
  publish_homes();
  run_for(seconds{1});
  BOOST_TEST(is_served(handle));
  run_for(seconds{40});
  BOOST_TEST(is_exported(id));
  handle = nullptr;
  run_for(seconds{40});
  BOOST_TEST(!is_exported(id));
}

BOOST_AUTO_TEST_CASE(what_was_sent_through_a_handle_without_a_home_arrives) {
  add('a');
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  std::vector<int> got;
  auto far = at('b').publish([&got](caf::event_based_actor*) {
    return caf::behavior{[&got](int x) {
      got.push_back(x);
    }};
  });
  homes_changed homes;
  homes.came = {at('a').home, at('b').home};
  caf::anon_send(at('b').remote.postman, homes);
  run();
  // The postman hears of the home first and of the messages afterwards. When it
  // hears of the messages, the first handle no longer exists.
  caf::anon_send(at('a').remote.postman, homes);
  auto first = at('a').handle_of(far);
  caf::anon_send(first, 1);
  first = nullptr;
  auto second = at('a').handle_of(far);
  caf::anon_send(second, 2);
  run_for(milliseconds{50});
  BOOST_TEST(got == (std::vector<int>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_handle_is_told_again_after_an_outage_and_released_once) {
  line("ab");
  auto far = export_one();
  auto id = far.id();
  auto handle = at('a').handle_of(far);
  far = nullptr;
  at('b').actors.clear();
  auto downs = at('a').monitor(handle);
  run_for(milliseconds{50});
  net().unplug(host_of('a'), host_of('b'));
  run_for(seconds{13});
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{40});
  BOOST_TEST(downs->size() == 1u);
  BOOST_TEST(is_exported(id));
  BOOST_TEST(is_served(handle));
  handle = nullptr;
  run_for(seconds{50});
  BOOST_TEST(!is_exported(id));
}

BOOST_AUTO_TEST_CASE(an_outage_after_another_uid_is_no_restart) {
  line("ab");
  auto downs = at('a').monitor(at('a').handle_of(export_one()));
  run_for(milliseconds{50});
  homes_changed homes;
  homes.came = {at('b').home};
  homes.came.front().uid = peer_uid{77};
  caf::anon_send(at('a').remote.postman, homes);
  run_for(seconds{3});
  BOOST_TEST(downs->empty());
  net().unplug(host_of('a'), host_of('b'));
  run_for(seconds{13});
  BOOST_TEST_REQUIRE(downs->size() == 1u);
  BOOST_TEST(is(downs->front(), errc::unreachable), describe(downs->front()));
}

BOOST_AUTO_TEST_CASE(monitors_of_an_actor_that_is_not_kept_are_told) {
  actor_settings config;
  config.max_handles = 1;
  line("ab", config);
  auto kept = at('a').handle_of(export_one());
  run_for(milliseconds{50});
  auto far = export_one();
  auto handle = at('a').handle_of(far);
  auto downs = at('a').monitor(handle);
  run_for(seconds{50});
  BOOST_TEST(!is_exported(far.id()));
  BOOST_TEST_REQUIRE(downs->size() == 1u);
  BOOST_TEST(is(downs->front(), errc::ended), describe(downs->front()));
  BOOST_TEST(is_served(kept));
}

BOOST_AUTO_TEST_CASE(peers_cannot_end_protected_actors_by_links_and_exits) {
  actor_settings config;
  config.remote_exits = true;
  line("ab", config);
  auto open = export_one();
  auto closed = export_one();
  carrier_of('b')->protect(closed.id());
  for (const auto& far : {open, closed}) {
    auto handle = at('a').handle_of(far);
    auto linked =
      at('a').spawn([handle](caf::event_based_actor* self) -> caf::behavior {
        self->link_to(handle);
        return successor();
      });
    run_for(milliseconds{50});
    caf::anon_send_exit(linked, caf::exit_reason::kill);
    caf::anon_send_exit(handle, caf::exit_reason::kill);
  }
  run_for(milliseconds{100});
  BOOST_TEST(!is_exported(open.id()));
  BOOST_TEST(is_exported(closed.id()));
  BOOST_TEST(is_served(at('a').handle_of(closed)));
  auto dropped = carrier_of('b')->dropped().counts().by_reason();
  BOOST_TEST(dropped.at("unknown_type") == 1u);
}

//   a --- b --- c: c sends an exit in the name of an actor of a
BOOST_AUTO_TEST_CASE(an_exit_that_a_third_peer_forges_undoes_no_link) {
  actor_settings config;
  config.remote_exits = true;
  line("abc", config);
  auto named = at('a').publish(successor);
  auto seen = std::make_shared<std::vector<bool>>(); // whether from `named`
  auto linked =
    at('b').publish([=, to = at('b').handle_of(named)](
                      caf::event_based_actor* self) -> caf::behavior {
      self->set_exit_handler(
        [=](caf::exit_msg& x) { seen->push_back(x.source == to.address()); });
      self->link_to(to);
      return successor();
    });
  run_for(milliseconds{100});
  auto forged =
    caf::actor_cast<caf::strong_actor_ptr>(at('c').handle_of(named));
  caf::actor_cast<caf::strong_actor_ptr>(at('c').handle_of(linked))
    ->enqueue(caf::make_mailbox_element(
                forged, caf::make_message_id(), {},
                caf::exit_msg{caf::actor_cast<caf::actor_addr>(forged), {}}),
              nullptr);
  run_for(milliseconds{100});
  BOOST_TEST((*seen == std::vector<bool>{false}));
  caf::anon_send_exit(named, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST((*seen == std::vector<bool>{false, true}));
}

//   a --- b --- c: a passes a handle of b's actor on to c
BOOST_AUTO_TEST_CASE(a_handle_that_was_passed_on_works_until_it_is_dropped) {
  line("abc");
  auto far = export_one();
  auto id = far.id();
  auto handle = at('a').handle_of(far);
  far = nullptr;
  at('b').actors.clear();
  auto kept = std::make_shared<caf::actor>();
  auto keeper = at('c').publish([kept](caf::event_based_actor*) {
    return caf::behavior{[kept](const caf::actor& x) {
      *kept = x;
    }};
  });
  caf::anon_send(at('a').handle_of(keeper), handle);
  handle = nullptr;
  run_for(seconds{90});
  BOOST_TEST_REQUIRE(bool{*kept});
  BOOST_TEST(is_exported(id));
  BOOST_TEST(is_served(*kept, 'c'));
  *kept = nullptr;
  run_for(seconds{50});
  BOOST_TEST(!is_exported(id));
}

BOOST_AUTO_TEST_CASE(credit_returns_through_a_handle_that_was_taken_again) {
  actor_settings config;
  config.actor_window = 16 * 1024;
  line("ab", config);
  auto heard = std::make_shared<int>(0);
  auto far = at('b').publish([heard](caf::event_based_actor*) -> caf::behavior {
    return {[heard](const std::string&) {
      ++*heard;
    }};
  });
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{50});
  handle = nullptr;
  handle = at('a').handle_of(far);
  // The packet that tells b of the released and the new handle also brings as
  // many messages as fit the window.
  const std::string content(900, 'x');
  for (int i = 0; i < 100; ++i)
    caf::anon_send(handle, content);
  run_for(milliseconds{500});
  auto before = *heard;
  for (int i = 0; i < 50; ++i) {
    caf::anon_send(handle, content);
    run_for(milliseconds{10});
  }
  BOOST_TEST(*heard - before == 50);
}

BOOST_AUTO_TEST_CASE(handles_are_printed_like_those_of_their_home) {
  line("ab");
  auto far = export_one();
  auto handle = at('a').handle_of(far);
  BOOST_TEST(to_string(handle) == to_string(far));
  BOOST_TEST(to_string(handle.address()) == to_string(far.address()));
  BOOST_TEST(caf::deep_to_string(handle) == caf::deep_to_string(far));
  BOOST_TEST(to_string(handle).find(std::to_string(far.id()))
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
