#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/remote_parts.hpp"
#include "actors/remote/actor_layer.hpp"
#include "actors/remote/postman_parts.hpp"
#include "tests/scenarios/loopback_peer.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/no_threads.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

/// Tests of actors in different systems that use each other over real sockets,
/// with encryption and through a relay.
using namespace cafmesh;

namespace {

// A text whose decoding waits while `is_blocked` is set.
struct slow_text {
  static inline std::atomic<bool> is_blocked{false};
  static inline std::atomic<int> begun{0};
  std::string text;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, slow_text& x) {
  if constexpr (Inspector::writes_state) {
    ++slow_text::begun;
    while (slow_text::is_blocked)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return f(x.text);
}

// Blocks the decoding of slow texts while this object exists.
struct blocked_decoding {
  blocked_decoding() {
    slow_text::begun = 0;
    slow_text::is_blocked = true;
  }
  ~blocked_decoding() {
    slow_text::is_blocked = false;
  }
  static bool wait_until_begun() {
    return test::eventually([] { return slow_text::begun > 0; });
  }
};

slow_text large_text() {
  return {std::string(200'000, 'x')};
}

struct application : caf::actor_system_config {
  application() {
    add_options(*this);
    add_message_type<slow_text>("slow_text");
    set("scheduler.max-threads", 2);
  }
};

struct peer : test::loopback_peer<application> {
  explicit peer(std::vector<std::string> peers)
      : loopback_peer(std::move(peers), {password{"secret"}}) {
    auto joined = spawn_actor_layer(system, router, {}, make_null_sink());
    BOOST_REQUIRE(joined);
    remote = *joined;
    home = {node.name, node.uid, system.node()};
    start();
  }
  ~peer() {
    stop();
    remote = {};
  }

  actor_layer remote;
  actor_home home;
};

caf::behavior adder(caf::event_based_actor* self) {
  return {[](int x, int y) { return x + y; },
          [self](const std::string&) {
            self->quit();
          }};
}

// Two peers, each of which knows the other.
struct two_peers {
  two_peers() {
    homes_changed homes{{here.home, there.home}, {}};
    for (auto x : {&here, &there})
      caf::anon_send(x->remote.postman, homes);
  }
  // Publishes the actor `x` of the peer `of`, and returns a handle for it at
  // the peer `at`.
  static caf::actor handle(peer& at, peer& of, const caf::actor& x) {
    of.remote.carrier->publish(caf::actor_cast<caf::strong_actor_ptr>(x));
    return caf::actor_cast<caf::actor>(
      at.remote.carrier->handle_of(x.node(), x.id()));
  }
  std::string told_by(const caf::actor& x) {
    return there.ask<std::string>(x, caf::get_atom_v);
  }

  /// Makes an actor of `here` send a large text to `receiver` and then end.
  /// `receiver` monitors that actor. Returns once `there` has begun to decode
  /// the text.
  /// @pre decoding is blocked
  void send_and_end(const caf::actor& receiver) {
    auto to = handle(here, there, receiver);
    auto from = here.system.spawn([to](caf::event_based_actor* self) {
      return caf::behavior{[=](int) {
        self->send(to, large_text());
        self->quit();
      }};
    });
    caf::anon_send(receiver, handle(there, here, from));
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    caf::anon_send(from, 1);
    BOOST_TEST_REQUIRE(blocked_decoding::wait_until_begun());
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }

  peer here{{}};
  peer there{{here.node.address}};
};

// Gathers a word for each message: "text", a number, or "down".
caf::behavior collector(caf::event_based_actor* self) {
  auto all = std::make_shared<std::string>();
  self->set_down_handler([all](const caf::down_msg&) { *all += "down "; });
  return {[all](const slow_text&) { *all += "text "; },
          [all](int x) { *all += std::to_string(x) + " "; },
          [self](const caf::actor& x) { self->monitor(x); },
          [all](caf::get_atom) {
            return *all;
          }};
}

// Links to `whom` and calls `told()` for each exit message, until it gets a
// number.
template <class F>
auto linked_to(const caf::actor& whom, F told) {
  return [=](caf::event_based_actor* self) -> caf::behavior {
    caf_version::on_exit(self, [=](const caf::error&) { told(); });
    self->link_to(whom);
    return {[self](int) {
      self->quit();
    }};
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(remote_actors_over_tcp_tests)

BOOST_AUTO_TEST_CASE(an_actor_behind_an_encrypted_relay_is_used_and_monitored) {
  peer relay{{}};
  peer here{{relay.node.address}};
  peer there{{relay.node.address}};
  homes_changed homes{{here.home, relay.home, there.home}, {}};
  for (auto x : {&here, &relay, &there})
    caf::anon_send(x->remote.postman, homes);
  auto far = there.system.spawn(adder);
  there.remote.carrier->publish(caf::actor_cast<caf::strong_actor_ptr>(far));
  auto handle = caf::actor_cast<caf::actor>(
    here.remote.carrier->handle_of(far.node(), far.id()));
  caf::scoped_actor self{here.system};
  self->monitor(handle);
  for (int i = 0; i < 1000; ++i)
    self->request(handle, test::patience, i, 1)
      .receive([i](int sum) { BOOST_REQUIRE(sum == i + 1); },
               [](caf::error& why) { BOOST_FAIL(describe(why)); });
  self->send(handle, std::string{"end"});
  self->receive([&](const caf::down_msg& x) {
    BOOST_TEST((x.source == handle.address()));
    BOOST_TEST(!x.reason);
  });
}

BOOST_FIXTURE_TEST_CASE(a_message_that_takes_long_to_decode_delays_no_others,
                        two_peers) {
  auto receiver = there.system.spawn(collector);
  auto slow = handle(here, there, receiver);
  auto other = handle(here, there, there.system.spawn(adder));
  caf::scoped_actor self{here.system};
  {
    blocked_decoding blocked;
    self->send(slow, large_text());
    BOOST_TEST_REQUIRE(blocked_decoding::wait_until_begun());
    self->send(slow, 1);
    self->request(other, std::chrono::seconds{5}, 40, 2)
      .receive([](int sum) { BOOST_TEST(sum == 42); },
               [](caf::error& why) { BOOST_ERROR(describe(why)); });
    BOOST_TEST(told_by(receiver) == "");
  }
  self->send(slow, 2);
  BOOST_TEST(
    test::eventually([&] { return told_by(receiver) == "text 1 2 "; }));
}

BOOST_FIXTURE_TEST_CASE(a_down_message_follows_one_that_takes_long_to_decode,
                        two_peers) {
  auto receiver = there.system.spawn(collector);
  blocked_decoding blocked;
  send_and_end(receiver);
  BOOST_TEST(told_by(receiver) == "");
  slow_text::is_blocked = false;
  BOOST_TEST(
    test::eventually([&] { return told_by(receiver) == "text down "; }));
}

// A postman holds back an actor's down message until the actor's earlier
// messages are decoded. Meanwhile, the postman still serves other actors.
BOOST_FIXTURE_TEST_CASE(what_follows_a_long_decoding_delays_no_others,
                        two_peers) {
  auto receiver = there.system.spawn(collector);
  auto other = handle(here, there, there.system.spawn(adder));
  caf::scoped_actor self{here.system};
  blocked_decoding blocked;
  send_and_end(receiver);
  self->request(other, std::chrono::seconds{5}, 40, 2)
    .receive([](int sum) { BOOST_TEST(sum == 42); },
             [](caf::error& why) { BOOST_ERROR(describe(why)); });
  BOOST_TEST(told_by(receiver) == "");
  // The end of the session does not wait for the decoding either.
  caf::anon_send_exit(here.remote.postman, caf::exit_reason::user_shutdown);
  caf::scoped_actor asking{there.system};
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  asking
    ->request(caf::actor_cast<postman_actor>(there.remote.postman),
              std::chrono::seconds{5}, get_actors{})
    .receive([](actors_status&) {},
             [](caf::error& why) { BOOST_ERROR(describe(why)); });
  BOOST_TEST(told_by(receiver) == "");
  slow_text::is_blocked = false;
  BOOST_TEST(
    test::eventually([&] { return told_by(receiver) == "text down "; }));
}

// Each actor gets its exit message exactly once, and nothing deadlocks.
BOOST_FIXTURE_TEST_CASE(actors_link_to_others_that_end_at_the_same_time,
                        two_peers) {
  constexpr std::size_t count = 2000;
  auto exits = std::make_shared<std::vector<std::atomic<int>>>(count);
  auto sum = [&] {
    return static_cast<std::size_t>(
      std::accumulate(exits->begin(), exits->end(), 0));
  };
  std::vector<caf::actor> linked;
  for (std::size_t i = 0; i < count; ++i) {
    auto far = there.system.spawn(adder);
    auto to = handle(here, there, far);
    linked.push_back(
      here.system.spawn(linked_to(to, [exits, i] { ++(*exits)[i]; })));
    // The actor ends before the link to it is made, or while it is made.
    caf::anon_send(i % 2 == 0 ? far : to, std::string{"end"});
    // One actor ends in the turn in which it makes the link. Another is killed
    // while it makes one.
    here.system.spawn(
      [to](caf::event_based_actor* self) { self->link_to(to); });
    auto killed = here.system.spawn(linked_to(to, [] {}));
    caf::anon_send_exit(killed, caf::exit_reason::kill);
  }
  BOOST_TEST(test::eventually([&] { return sum() >= count; }));
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  BOOST_TEST(std::count(exits->begin(), exits->end(), 1) == count);
  for (const auto& x : linked)
    caf::anon_send(x, 1);
}

BOOST_FIXTURE_TEST_CASE(a_large_request_fails_if_no_thread_can_be_made,
                        two_peers) {
  auto sizes = handle(here, there, there.system.spawn([] {
    return caf::behavior{[](const slow_text& x) {
      return x.text.size();
    }};
  }));
  caf::scoped_actor self{here.system};
  {
    test::no_threads none;
    self->request(sizes, test::patience, large_text())
      .receive([](std::size_t) { BOOST_ERROR("an answer without a thread"); },
               [](caf::error& why) {
                 BOOST_TEST(is(why, errc::congested), describe(why));
                 BOOST_TEST(describe(why).find("no thread")
                            != std::string::npos);
               });
  }
  self->request(sizes, test::patience, large_text())
    .receive([](std::size_t size) { BOOST_TEST(size == 200'000u); },
             [](caf::error& why) { BOOST_ERROR(describe(why)); });
}

BOOST_AUTO_TEST_SUITE_END()
