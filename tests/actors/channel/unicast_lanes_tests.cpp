#include "actors/channel/unicast_lanes.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/context/channel_parts.hpp"
#include "tests/caf_version/deterministic.hpp"
#include "tests/support/recorder.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of `unicast_lanes`, which queues the unicasts for each neighbour.
namespace {

connection_actor::behavior_type
idle_connection(connection_actor::pointer /*self*/) {
  return {
    [](const transmit&) {},
    [](const close_connection&) {},
    [](const close_if_not_admitted&) {},
    [](probe_remote) { return true; },
    [](finish_connections) {},
    [](passwords_changed) {},
    [](get_connection_status) { return connection_status{}; },
  };
}

/// Unicast lanes, and an actor `asked` that adds the unicasts it receives to
/// the lanes.
struct lanes_fixture : deterministic {
  using asked_actor =
    caf::typed_actor<caf::reacts_to<unicast>, caf::reacts_to<drain>>;

  ~lanes_fixture() {
    // Assigning new lanes destroys the old ones, and that answers all waiting
    // requests. The actor must not end before that.
    do_there([this] { lanes = unicast_lanes{1024}; });
    caf::anon_send_exit(asked, caf::exit_reason::user_shutdown);
    for (const auto& x : {first, second, third})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  reply_ptr<void> add(const connection_actor& over) {
    to = over;
    auto result =
      ask_later<void>(system(), asked, unicast{hop, text_payload("hello")});
    run();
    return result;
  }

  /// Runs `what` in the actor that received the requests. CAF lets no other
  /// actor answer them.
  void do_there(std::function<void()> what) {
    todo = std::move(what);
    caf::anon_send(asked, drain{});
    run();
  }

  void post(std::size_t size) {
    post(first, size);
  }
  void post(const connection_actor& over, std::size_t size,
            bool relayed = false) {
    outgoing message;
    message.data = payload{bytes(size)};
    message.relayed = relayed;
    lanes.add(hop, over, std::move(message), nullptr);
  }

  reply_ptr<void> ask_for_the_end() {
    auto end = ask_later<void>(system(), asked, drain{});
    todo = [this] {
      lanes.answer_at_end(
        std::make_shared<deferred_reply>(self, self->make_response_promise()));
    };
    run();
    return end;
  }

  void take(const unicast_lanes::batch& x) {
    do_there([&] { lanes.taken(x, {}, now()); });
  }

  unicast_lanes::batch next() {
    auto result = lanes.next_batch(now());
    BOOST_TEST_REQUIRE(!!result);
    return *std::move(result);
  }

  const peer_name hop = peer_name::from_number(1);
  unicast_lanes lanes{1024};
  connection_actor first = system().spawn(idle_connection);
  connection_actor second = system().spawn(idle_connection);
  connection_actor third = system().spawn(idle_connection);
  connection_actor to;
  std::function<void()> todo;
  asked_actor::pointer self = nullptr; // the actor `asked` itself
  asked_actor asked = system().spawn(
    [this](asked_actor::pointer asked_self) -> asked_actor::behavior_type {
      self = asked_self;
      return {
        [this](const unicast& x) {
          outgoing message;
          message.data = x.data;
          lanes.add(hop, to, std::move(message),
                    std::make_shared<deferred_reply>(
                      self, self->make_response_promise()));
        },
        [this](drain) { todo(); },
      };
    });
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(unicast_lanes_tests, lanes_fixture)

// The earlier connection may be one that is given up and drains. If it has
// ended, it answers at once that it has lost the batch.
BOOST_AUTO_TEST_CASE(unicasts_for_an_earlier_connection_go_first) {
  auto old = add(first);
  auto fresh = add(second);
  BOOST_TEST(old->is_open);
  auto sent = next();
  BOOST_TEST((sent.to == first));
  BOOST_TEST(!lanes.next_batch(now()));
  do_there([&] {
    lanes.taken(sent, make_error(errc::no_connection, "ended"), now());
  });
  BOOST_TEST(is(old->why, errc::no_connection), describe(old->why));
  BOOST_TEST(lanes.dropped() == 1u);
  BOOST_TEST(fresh->is_open);
  BOOST_TEST((next().to == second));
}

BOOST_AUTO_TEST_CASE(an_earlier_connection_that_takes_nothing_is_left) {
  add(first);
  auto sent = next();
  auto old = add(first);
  auto fresh = add(second);
  do_there([this] { lanes.check(now() + std::chrono::seconds{1}); });
  BOOST_TEST(is(old->why, errc::congested), describe(old->why));
  BOOST_TEST(fresh->is_open);
  BOOST_TEST((next().to == second));
  lanes.taken(sent, {}, now()); // too late to matter
  BOOST_TEST(fresh->is_open);
}

BOOST_AUTO_TEST_CASE(a_connection_that_takes_nothing_takes_no_third_with_it) {
  add(first);
  next();
  auto middle = add(second);
  auto fresh = add(third);
  do_there([this] { lanes.check(now() + std::chrono::seconds{1}); });
  BOOST_TEST(middle->is_open);
  auto sent = next();
  BOOST_TEST((sent.to == second));
  take(sent);
  BOOST_TEST(fresh->is_open);
  BOOST_TEST((next().to == third));
}

BOOST_AUTO_TEST_CASE(only_what_is_for_the_connection_that_is_stuck_is_dropped) {
  add(first);
  next();
  auto other = add(second);
  auto again = add(first);
  do_there([this] { lanes.check(now() + std::chrono::seconds{1}); });
  BOOST_TEST(is(again->why, errc::congested), describe(again->why));
  BOOST_TEST(other->is_open);
  BOOST_TEST((next().to == second));
}

BOOST_AUTO_TEST_CASE(a_slow_connection_does_not_count_against_the_next) {
  add(first);
  next();
  do_there([this] { lanes.check(now() + std::chrono::milliseconds{500}); });
  post(first, 5, true);
  BOOST_TEST(lanes.dropped() == 1u);
  post(second, 5, true);
  do_there([this] { lanes.check(now() + std::chrono::milliseconds{750}); });
  post(second, 5, true);
  BOOST_TEST(lanes.dropped() == 1u);
  for (int i = 0; i < 10; ++i)
    post(second, 1000, true); // no endless memory
  BOOST_TEST(lanes.dropped() >= 8u);
}

// What waits for an earlier connection leaves room for the next.
BOOST_AUTO_TEST_CASE(the_next_connection_has_a_limit_of_its_own) {
  post(first, 900);
  to = second;
  caf::anon_send(asked, unicast{hop, text_payload(std::string(300, 'x'))});
  run();
  BOOST_TEST(lanes.dropped() == 0u);
  for (int i = 0; i < 10; ++i)
    caf::anon_send(asked, unicast{hop, text_payload(std::string(300, 'x'))});
  run();
  BOOST_TEST(lanes.dropped() >= 7u);
}

// Those without an answer may still be under way.
BOOST_AUTO_TEST_CASE(batches_without_answer_are_taken_before_the_next) {
  post(first, 5);
  BOOST_TEST(!next().needs_answer);
  post(second, 5);
  auto asks = next();
  BOOST_TEST((asks.to == first));
  BOOST_TEST(asks.count == 0u);
  BOOST_TEST(!lanes.next_batch(now()));
  lanes.taken(asks, {}, now());
  auto sent = next();
  BOOST_TEST((sent.to == second));
  BOOST_TEST(sent.count == 1u);
}

BOOST_AUTO_TEST_CASE(the_end_is_asked_of_each_connection_in_turn) {
  post(first, 5);
  BOOST_TEST(!next().needs_answer);
  post(second, 5);
  auto end = ask_for_the_end();
  auto asks = next();
  BOOST_TEST((asks.to == first));
  take(asks);
  BOOST_TEST(end->is_open);
  auto sent = next();
  BOOST_TEST((sent.to == second));
  take(sent);
  BOOST_TEST(!end->is_open);
  BOOST_TEST(!lanes.next_batch(now()));
}

// The earlier connection may have ended.
BOOST_AUTO_TEST_CASE(what_waits_for_an_earlier_connection_needs_an_answer) {
  post(first, 5);
  post(second, 5);
  auto sent = next();
  BOOST_TEST((sent.to == first));
  BOOST_TEST(sent.needs_answer);
  lanes.taken(sent, make_error(errc::no_connection, "ended"), now());
  BOOST_TEST(lanes.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(unicasts_for_a_stuck_neighbour_fail) {
  add(first);
  auto under_way = lanes.next_batch(now());
  BOOST_TEST_REQUIRE(!!under_way);
  auto waiting = add(first);
  do_there([this] { lanes.check(now() + std::chrono::seconds{1}); });
  BOOST_TEST(is(waiting->why, errc::congested), describe(waiting->why));
}

BOOST_AUTO_TEST_CASE(a_few_small_batches_in_a_row_need_no_answer) {
  for (int i = 0; i < 8; ++i) {
    post(5);
    BOOST_TEST(!next().needs_answer);
  }
  post(5);
  auto asks = next();
  BOOST_TEST(asks.needs_answer);
  post(5);
  BOOST_TEST(next().needs_answer);
  post(5);
  BOOST_TEST(!lanes.next_batch(now()));
  lanes.taken(asks, {}, now());
  BOOST_TEST(next().needs_answer);
}

BOOST_AUTO_TEST_CASE(large_batches_and_requests_need_an_answer) {
  post(5000);
  BOOST_TEST(next().needs_answer);
  lanes = unicast_lanes{1024};
  add(first);
  BOOST_TEST(next().needs_answer);
}

BOOST_AUTO_TEST_CASE(
  an_empty_batch_asks_whether_those_without_answer_are_taken) {
  post(5);
  BOOST_TEST(!next().needs_answer);
  BOOST_TEST(lanes.check(now()));
  auto asks = next();
  BOOST_TEST(asks.needs_answer);
  BOOST_TEST(asks.count == 0u);
  lanes.taken(asks, {}, now());
  BOOST_TEST(!lanes.check(now()));
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_batches_without_answer) {
  post(5);
  next();
  auto end = ask_for_the_end();
  BOOST_TEST(end->is_open);
  do_there([this] { lanes.taken(next(), {}, now()); });
  BOOST_TEST(!end->is_open);
}

BOOST_AUTO_TEST_SUITE_END()
