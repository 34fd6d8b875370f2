#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

caf::behavior never_answers(caf::event_based_actor* self) {
  return {[self](int) {
    return self->make_response_promise();
  }};
}

// An actor that leaves texts in its mailbox until a number arrives, and then
// counts their bytes.
auto late_reader(std::shared_ptr<std::size_t> count) {
  return [=](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[=](int) {
      self->become([=](const std::string& x) { *count += x.size(); });
    }};
  };
}

constexpr std::size_t kib = 1024;

struct limited : actor_machines {
  void build(const actor_settings& of_a, const actor_settings& of_b) {
    add('a', of_a);
    add('b', of_b);
    connect('a', 'b');
    run_for(seconds{3});
    publish_homes();
    run_for(milliseconds{50});
  }
  reply_ptr<int> ask(const caf::actor& whom) {
    auto result = ask_later<int>(at('a').system(), whom, 1);
    run_for(milliseconds{20});
    return result;
  }
  /// Adds a machine whose settings let it send `b` more than the window of `b`
  /// allows.
  void add_greedy(char letter) {
    actor_settings config;
    config.down_after = milliseconds{500};
    add(letter, config);
    connect(letter, 'b');
    run_for(seconds{3});
    publish_homes();
    run_for(milliseconds{50});
  }
  void flood(char from, const caf::actor& whom, std::size_t size) {
    auto handle = at(from).handle_of(whom);
    for (std::size_t sent = 0; sent < 1536 * kib; sent += size)
      caf::anon_send(handle, std::string(size, 'x'));
    run_for(milliseconds{300});
  }
  std::size_t waiting(const caf::actor& whom) {
    caf::anon_send(whom, 1);
    run_for(milliseconds{50});
    return *count;
  }
  actors_status status(char letter) {
    auto told = ask_later<actors_status>(
      at(letter).system(), at(letter).remote.postman, get_actors{});
    run();
    return told->value.value();
  }
  /// What the status of the machine `by` says about the machine `peer`.
  peer_actors told_of(char peer, char by) {
    for (const auto& x : status(by).peers)
      if (x.peer == at(peer).home.peer)
        return x;
    BOOST_FAIL("there is no such peer");
    return {};
  }
  std::uint64_t told_of_unprocessed(char letter) {
    return told_of(letter, 'b').unprocessed_here;
  }

  std::shared_ptr<std::size_t> count = std::make_shared<std::size_t>(0);
};

// A machine that holds up to 256 KiB of unprocessed messages from one peer, but
// only 128 KiB of them for one actor.
struct flooded : limited {
  flooded() {
    actor_settings config;
    config.window = config.actor_window = config.large_window = 64 * kib;
    config.max_message = 128 * kib;
    add('b', config);
    stuck = at('b').publish(late_reader(count));
    other = at('b').publish([](caf::event_based_actor*) -> caf::behavior {
      return {[](const std::string& x) {
        return static_cast<int>(x.size());
      }};
    });
  }
  reply_ptr<int> ask_of_a(const caf::actor& whom) {
    auto result = ask_later<int>(at('a').system(), at('a').handle_of(whom),
                                 std::string(2 * kib, 'x'));
    run_for(milliseconds{50});
    return result;
  }

  caf::actor stuck;
  caf::actor other;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_limits_tests, limited)

BOOST_AUTO_TEST_CASE(monitors_beyond_max_handles_are_told_why) {
  actor_settings config;
  config.max_handles = 2;
  build({}, config);
  std::vector<caf::error> reasons;
  std::vector<std::shared_ptr<std::vector<caf::error>>> all;
  for (int i = 0; i < 3; ++i) {
    auto handle = at('a').handle_of(at('b').publish(never_answers));
    all.push_back(at('a').monitor(handle));
    run_for(milliseconds{20});
  }
  for (const auto& x : all)
    reasons.insert(reasons.end(), x->begin(), x->end());
  BOOST_TEST_REQUIRE(reasons.size() == 1u);
  BOOST_TEST(is(reasons.front(), errc::congested), describe(reasons.front()));
}

BOOST_AUTO_TEST_CASE(the_oldest_open_request_beyond_max_open_requests_fails) {
  actor_settings config;
  config.max_open_requests = 2;
  build(config, {});
  auto handle = at('a').handle_of(at('b').publish(never_answers));
  auto first = ask(handle);
  auto second = ask(handle);
  BOOST_TEST(first->is_open);
  auto third = ask(handle);
  BOOST_TEST(is(first->why, errc::unreachable), describe(first->why));
  BOOST_TEST(second->is_open);
  BOOST_TEST(third->is_open);
}

// Messages from `b` to `a` are blocked, so `a` acknowledges no answers.
BOOST_AUTO_TEST_CASE(refused_requests_get_a_limited_number_of_answers) {
  actor_settings config;
  config.max_open_requests = 100;
  build({}, config);
  auto target = at('b').publish(never_answers);
  auto handle = at('a').handle_of(target);
  run_for(milliseconds{50});
  net().block(host_of('b'), host_of('a'));
  caf::anon_send_exit(target, caf::exit_reason::user_shutdown);
  run_for(milliseconds{50});
  std::vector<reply_ptr<int>> asked;
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 10; ++j)
      asked.push_back(ask_later<int>(at('a').system(), handle, 1));
    run_for(milliseconds{5});
  }
  net().unblock(host_of('b'), host_of('a'));
  run_for(seconds{1});
  const auto ended = std::count_if(asked.begin(), asked.end(), [](auto& x) {
    return is(x->why, errc::ended);
  });
  BOOST_TEST(ended <= 110);
  for (const auto& x : asked)
    BOOST_TEST((is(x->why, errc::ended) || is(x->why, errc::unreachable)),
               describe(x->why));
  BOOST_TEST(at('b').log->count({"too many errors"}) == 1u);
  BOOST_TEST(is(ask(handle)->why, errc::ended));
}

BOOST_AUTO_TEST_CASE(there_are_no_handles_of_more_than_max_nodes) {
  actor_settings config;
  config.max_nodes = 1;
  build(config, {});
  auto x = at('b').publish(never_answers);
  BOOST_TEST(!!at('a').handle_of(x));
  deterministic elsewhere;
  auto y = elsewhere.system().spawn(never_answers);
  BOOST_TEST(!at('a').remote.carrier->handle_of(y.node(), y.id()));
  y = nullptr;
  elsewhere.run();
}

// -- messages that wait in mailboxes

BOOST_FIXTURE_TEST_CASE(what_waits_counts_when_a_session_begins_again,
                        flooded) {
  add_greedy('a');
  for (std::size_t size : {kib, 70 * kib})
    for (int i = 0; i < 3; ++i) {
      flood('a', stuck, size);
      net().unplug(host_of('a'), host_of('b'));
      flood('a', stuck, size);
      run_for(seconds{1});
      net().plug(host_of('a'), host_of('b'));
      run_for(seconds{1});
    }
  BOOST_TEST(told_of_unprocessed('a') >= (100 + 128) * kib);
  BOOST_TEST(told_of_unprocessed('a') <= 2 * 257 * kib);
  auto found = waiting(stuck);
  BOOST_TEST(found >= (100 + 128) * kib);
  BOOST_TEST(found <= 2 * 256 * kib);
  BOOST_TEST(told_of_unprocessed('a') == 0u);
}

BOOST_FIXTURE_TEST_CASE(credit_returns_when_a_stuck_actor_ends, flooded) {
  add_greedy('a');
  flood('a', stuck, kib);
  BOOST_TEST(told_of_unprocessed('a') >= 60 * kib);
  BOOST_TEST(told_of('b', 'a').unprocessed_there >= 60 * kib);
  caf::anon_send_exit(stuck, caf::exit_reason::kill);
  run_for(milliseconds{100});
  BOOST_TEST(told_of_unprocessed('a') == 0u);
  BOOST_TEST(told_of('b', 'a').unprocessed_there == 0u);
  BOOST_TEST(ask_of_a(other)->value.value_or(0) == int{2 * kib});
}

BOOST_FIXTURE_TEST_CASE(what_waits_counts_when_the_peer_is_restarted, flooded) {
  for (int i = 0; i < 4; ++i) {
    add_greedy('a');
    flood('a', stuck, kib);
    stop('a');
  }
  auto found = waiting(stuck);
  BOOST_TEST(found >= 100 * kib);
  BOOST_TEST(found <= 128 * kib);
}

BOOST_FIXTURE_TEST_CASE(a_stuck_actor_keeps_no_messages_from_others, flooded) {
  for (int i = 0; i < 4; ++i) {
    add_greedy('a');
    flood('a', stuck, kib);
    if (i < 3)
      stop('a');
  }
  BOOST_TEST(ask_of_a(other)->value.value_or(0) == int{2 * kib});
  auto refused = ask_of_a(stuck);
  BOOST_TEST(is(refused->why, errc::congested), describe(refused->why));
}

BOOST_FIXTURE_TEST_CASE(a_request_beyond_the_limit_is_told_so, flooded) {
  add_greedy('a');
  for (const auto& whom : {stuck, at('b').publish(late_reader(count)),
                           at('b').publish(late_reader(count)),
                           at('b').publish(late_reader(count))})
    flood('a', whom, kib);
  auto refused = ask_of_a(other);
  BOOST_TEST(is(refused->why, errc::congested), describe(refused->why));
  waiting(stuck);
  BOOST_TEST(ask_of_a(other)->value.value_or(0) == int{2 * kib});
}

BOOST_FIXTURE_TEST_CASE(the_messages_of_all_peers_have_a_limit, flooded) {
  const std::string letters = "cdefghijkl";
  for (auto letter : letters) {
    add_greedy(letter);
    flood(letter, stuck, kib);
    flood(letter, stuck, 70 * kib);
  }
  add_greedy('a');
  auto asked = ask_later<int>(at('a').system(), at('a').handle_of(other),
                              std::string("hello"));
  run_for(milliseconds{50});
  BOOST_TEST(asked->value.value_or(0) == 5, describe(asked->why));
  auto found = waiting(stuck);
  BOOST_TEST(found >= 2 * 512 * kib);
  BOOST_TEST(found <= 2 * (1024 + letters.size() * 128) * kib);
}

BOOST_AUTO_TEST_SUITE_END()
