#include <cstddef>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "actors/remote/credit_account.hpp"
#include "actors/remote/message_reader.hpp"
#include "tests/support/actor_machines.hpp"
#include "tests/support/blob.hpp"
#include "tests/support/heap.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of peers that try to make a node store more and more data.
namespace {

caf::strong_actor_ptr ptr_of(const caf::actor& x) {
  return caf::actor_cast<caf::strong_actor_ptr>(x);
}

struct flooding : actor_machines {
  void build(const actor_settings& config = {}) {
    line("ab", config);
    far = at('b').publish(adder);
    handle = at('a').handle_of(far);
    run_for(milliseconds{50});
  }
  std::string sum() {
    return actor_machines::sum('a', handle);
  }
  /// Sends `count` messages to `to`. The sender of each is an actor of a node
  /// that does not exist.
  void send_for_others(const caf::strong_actor_ptr& to, std::size_t count,
                       bool are_requests) {
    for (std::size_t i = 0; i < count; ++i) {
      auto node = *caf::make_node_id(++nodes_, std::string(40, 'E'));
      auto sender = at('a').remote.carrier->handle_of(node, 1);
      to->enqueue(std::move(sender),
                  are_requests ? caf::message_id{1000 + i}
                               : caf::make_message_id(),
                  caf::make_message(1, 2), nullptr);
      if (i % 500 == 499)
        run();
    }
    run_for(milliseconds{50});
  }
  caf::strong_actor_ptr no_actor() {
    return at('a').remote.carrier->handle_of(at('b').home.node, 1'000'000);
  }

  caf::actor far;
  caf::actor handle; // of `far`, at `a`

private:
  std::uint32_t nodes_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(flooding_peers_tests, flooding)

BOOST_AUTO_TEST_CASE(senders_on_nodes_that_do_not_exist_leave_nothing) {
  build();
  auto nobody = no_actor();
  run_for(milliseconds{50});
  send_for_others(nobody, 1000, false);
  auto before = allocated();
  send_for_others(nobody, 20'000, false);
  send_for_others(ptr_of(handle), 20'000, false);
  BOOST_TEST(allocated() < before + 2 * mib);
  BOOST_TEST(sum() == "42");
}

BOOST_AUTO_TEST_CASE(answers_to_nodes_that_do_not_exist_are_bounded) {
  actor_settings config;
  config.max_open_requests = 1000;
  build(config);
  auto nobody = no_actor();
  run_for(milliseconds{50});
  send_for_others(nobody, 2000, true);
  auto before = allocated();
  send_for_others(nobody, 20'000, true);
  BOOST_TEST(allocated() < before + 3 * mib);
  BOOST_TEST(sum() == "42");
}

BOOST_AUTO_TEST_CASE(messages_to_a_peer_leave_room_for_errors_to_it) {
  actor_settings config;
  config.max_open_requests = 2;
  build(config);
  auto back = at('b').handle_of(at('a').publish(adder));
  run_for(milliseconds{50});
  for (int i = 0; i < 5; ++i)
    caf::anon_send(back, 1, 2);
  // This request leaves `a` before `a` has acknowledged any of these messages.
  auto got = actor_machines::sum('a', caf::actor_cast<caf::actor>(no_actor()));
  BOOST_TEST(got.find("ended") == 0u, got);
}

BOOST_AUTO_TEST_CASE(no_error_answers_a_large_request_beyond_the_limit) {
  build();
  auto shared = std::static_pointer_cast<carrier>(at('b').remote.carrier);
  unprocessed_costs costs{shared->config()};
  message_reader reader{at('b').system(), shared, blocking_work::on_scheduler};
  for (auto takes_error : {true, false}) {
    unread_message x;
    x.receiver = x.sender = ptr_of(far);
    x.id = caf::message_id{1000};
    x.takes_error = takes_error;
    x.body = {0xff};
    x.content = byte_view{x.body};
    auto box = x.box = std::make_shared<outbox>(at('a').home.node);
    credit_account account{shared->postman(), 1000, 1000,
                           costs.of(at('a').home.peer)};
    account.arrived(x.cost);
    x.credit = account.of_nobody();
    reader.read(std::move(x));
    run();
    BOOST_TEST(box->drops().by_reason().empty() == takes_error);
  }
}

BOOST_AUTO_TEST_CASE(one_exit_of_a_peer_waits_for_an_actor) {
  actor_settings config;
  config.remote_exits = true;
  build(config);
  auto count = std::make_shared<int>(0);
  auto target = at('b').publish([=](caf::event_based_actor* self) {
    self->set_exit_handler([=](caf::exit_msg& x) {
      ++*count;
      if (x.reason == caf::exit_reason::user_shutdown)
        self->quit();
    });
    return caf::behavior{[](int) {
    }};
  });
  auto to = at('a').handle_of(target);
  for (int round = 1; round <= 2; ++round) {
    for (int i = 0; i < 5; ++i)
      caf::anon_send_exit(to, caf::exit_reason::out_of_workers);
    run_for(milliseconds{50});
    BOOST_TEST(*count == round);
  }
  auto shared = std::static_pointer_cast<carrier>(at('b').remote.carrier);
  BOOST_TEST(shared->dropped().counts().by_reason().at("congested") == 8u);
}

BOOST_AUTO_TEST_CASE(control_frames_that_nobody_acknowledges_are_bounded) {
  actor_settings config;
  config.max_handles = 16;
  build(config);
  net().unplug(host_of('a'), host_of('b'));
  auto undecided =
    at('a').spawn([to = handle](caf::event_based_actor* self) -> caf::behavior {
      return {[=](int count) {
        for (int i = 0; i < count; ++i) {
          self->monitor(to);
          self->demonitor(to);
        }
      }};
    });
  for (int i = 0; i < 40; ++i) {
    caf::anon_send(undecided, 250);
    run();
  }
  run_for(milliseconds{100});
  BOOST_TEST(at('a').log->count({"too many control frames"}) == 1u);
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{2});
  BOOST_TEST(sum() == "42");
}

BOOST_AUTO_TEST_SUITE_END()
