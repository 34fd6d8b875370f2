#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "tests/support/actor_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;
using namespace std::string_literals;

// Tests of messages that an actor on the event loop sends to other peers. Most
// of them wait until the actor returns.
namespace {

struct named_as_ours {
  static inline const char* name = "cafmesh.test";
};

struct fixture : actor_machines {
  fixture() {
    line("ab");
    auto counter = [heard = heard](caf::event_based_actor*) -> caf::behavior {
      return {[heard](int) {
        ++*heard;
      }};
    };
    handle = at('a').handle_of(at('b').publish(counter));
    sender = at('a').publish(
      [this](caf::stateful_actor<named_as_ours>* self) -> caf::behavior {
        return {[this](int x) { send(x); },
                [this, self](const std::string&) {
                  asked.push_back(self->make_response_promise());
                  return asked.back();
                }};
      });
    run_for(milliseconds{50});
  }
  // Runs `sender` in a local_unit on another thread, as the event loop does.
  // `sender` answers all requests in `asked`, or sends a number to `handle` if
  // there are none. Then this function calls `f`, and `sender` returns only
  // after that.
  template <class F>
  void while_an_actor_sends(F&& f) {
    std::promise<void> sent;
    std::promise<void> may_return;
    send = [&](int x) {
      if (asked.empty())
        caf::anon_send(handle, x);
      for (auto& each : asked)
        each.deliver(std::string(1024, 'x'));
      sent.set_value();
      may_return.get_future().wait();
    };
    std::thread loop{[&] {
      caf_version::local_unit unit;
      caf::actor_cast<caf::strong_actor_ptr>(sender)->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(1), &unit);
      while (!unit.idle())
        unit.run(caf_version::local_jobs::of_the_library);
    }};
    sent.get_future().wait();
    f();
    may_return.set_value();
    loop.join();
  }

  std::function<void(int)> send;
  std::vector<caf::response_promise> asked;
  caf::actor sender;
  std::shared_ptr<int> heard = std::make_shared<int>(0);
  caf::actor handle;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(deferred_sending_tests, fixture)

BOOST_AUTO_TEST_CASE(messages_wait_until_the_actor_returns) {
  while_an_actor_sends([&] {
    run_for(milliseconds{50});
    BOOST_TEST(*heard == 0);
  });
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 1);
}

BOOST_AUTO_TEST_CASE(messages_of_other_threads_do_not_wait) {
  while_an_actor_sends([&] {
    caf::anon_send(handle, 2);
    run_for(milliseconds{50});
    BOOST_TEST(*heard == 2);
  });
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 2);
}

BOOST_AUTO_TEST_CASE(answers_that_fill_a_packet_do_not_wait) {
  auto there = at('b').handle_of(sender);
  std::vector<reply_ptr<std::string>> replies;
  for (int i = 0; i < 40; ++i)
    replies.push_back(ask_later<std::string>(at('b').system(), there, "x"s));
  run_for(milliseconds{50});
  auto count = [&] {
    return std::count_if(replies.begin(), replies.end(),
                         [](const auto& x) { return x->value.has_value(); });
  };
  BOOST_TEST_REQUIRE(asked.size() == 40u);
  while_an_actor_sends([&] {
    run_for(milliseconds{50});
    BOOST_TEST(count() >= 28);
  });
  run_for(milliseconds{50});
  BOOST_TEST(count() == 40);
  asked.clear();
}

BOOST_AUTO_TEST_SUITE_END()
