#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of answers that wait for the peers that asked.
namespace {

constexpr std::size_t kib = 1024;

struct outcomes {
  void add(const caf::error& why) {
    ++(is(why, errc::unreachable) ? unreachable : others);
  }

  int values = 0;
  int unreachable = 0;
  int others = 0;
};

// Machines that ask `b` for texts of 4 KiB. While a machine is deaf, what `b`
// sends to it waits.
struct fixture : actor_machines {
  using replies = std::vector<reply_ptr<std::string>>;

  void build(const std::string& more = "") {
    actor_settings config;
    config.window = config.actor_window = config.large_window = 16 * kib;
    config.max_message = 64 * kib;
    config.max_handles = 16;
    const auto askers = "a" + more;
    add('b', config);
    for (auto letter : askers) {
      add(letter);
      connect(letter, 'b');
    }
    run_for(seconds{3});
    publish_homes();
    talker = at('b').publish([](caf::event_based_actor*) -> caf::behavior {
      return {[](int) {
        return std::string(4 * kib, 'x');
      }};
    });
    for (auto letter : askers)
      BOOST_TEST_REQUIRE(values(ask(letter, 1)) == 1);
  }
  void deafen(const std::string& letters) {
    for (auto letter : letters)
      net().block(host_of('b'), host_of(letter));
  }
  void let_hear(const std::string& letters) {
    for (auto letter : letters)
      net().unblock(host_of('b'), host_of(letter));
    run_for(seconds{1});
  }
  replies ask(char letter, int times, const caf::actor& whom) {
    replies result;
    for (int i = 1; i <= times; ++i) {
      result.push_back(ask_later<std::string>(at(letter).system(), whom, 1));
      if (i % 25 == 0 || i == times)
        run_for(milliseconds{5});
    }
    run_for(milliseconds{20});
    return result;
  }
  replies ask(char letter, int times) {
    return ask(letter, times, at(letter).handle_of(talker));
  }
  // The cost of the answers to the machine that it has not processed.
  std::size_t held_for(char letter) {
    auto told = ask_later<actors_status>(at('b').system(),
                                         at('b').remote.postman, get_actors{});
    run();
    for (const auto& x : told->value.value().peers)
      if (x.peer == at(letter).home.peer)
        return x.unprocessed_there;
    return 0;
  }
  static int values(const replies& xs) {
    return static_cast<int>(std::count_if(
      xs.begin(), xs.end(), [](auto& x) { return x->value.has_value(); }));
  }
  static int count(const replies& xs, errc why) {
    return static_cast<int>(std::count_if(
      xs.begin(), xs.end(), [&](auto& x) { return is(x->why, why); }));
  }
  static void check_decided(const replies& xs) {
    for (const auto& x : xs)
      BOOST_TEST((x->value || is(x->why, errc::congested)
                  || is(x->why, errc::answer_lost)),
                 describe(x->why));
  }

  caf::actor talker;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_answers_tests, fixture)

BOOST_AUTO_TEST_CASE(answers_that_a_peer_does_not_take_are_bounded) {
  build();
  deafen("a");
  auto asked = ask('a', 400);
  const auto held = held_for('a');
  BOOST_TEST(held > 180 * kib);
  // The limit is twice the cost of two windows and one message, plus one window
  // of errors.
  BOOST_TEST(held <= 208 * kib);
  let_hear("a");
  check_decided(asked);
  BOOST_TEST(values(asked) > 40);
  BOOST_TEST(count(asked, errc::congested) > 50);
  BOOST_TEST(count(asked, errc::answer_lost) > 100);
  BOOST_TEST(values(ask('a', 10)) == 10);
}

BOOST_AUTO_TEST_CASE(a_refusal_that_is_lost_is_no_lost_answer) {
  build();
  auto nobody = caf::actor_cast<caf::actor>(
    at('a').remote.carrier->handle_of(at('b').home.node, 1'000'000));
  deafen("a");
  ask('a', 400);
  auto refused = ask('a', 5, nobody);
  let_hear("a");
  BOOST_TEST(is(refused.back()->why, errc::unreachable),
             describe(refused.back()->why));
}

// A single actor asks, because the handles of many actors would cause control
// frames.
BOOST_AUTO_TEST_CASE(beyond_the_limit_of_lost_answers_all_requests_fail) {
  build();
  const auto told = std::make_shared<outcomes>();
  auto asker = at('a').spawn(
    [=, to = at('a').handle_of(talker)](caf::event_based_actor* self) {
      return caf::behavior{[=](int times) {
        for (int i = 0; i < times; ++i)
          self->request(to, caf::infinite, 1)
            .then([=](const std::string&) { ++told->values; },
                  [=](const caf::error& why) { told->add(why); });
      }};
    });
  deafen("a");
  for (int i = 0; i < 480; ++i) {
    caf::anon_send(asker, 25);
    run_for(milliseconds{5});
  }
  BOOST_TEST(at('b').log->count({"too many control frames"}) == 1u);
  let_hear("a");
  BOOST_TEST(told->values > 40);
  BOOST_TEST(told->unreachable > 4'000);
  BOOST_TEST(told->values + told->unreachable + told->others == 12'000);
  BOOST_TEST(values(ask('a', 10)) == 10);
}

// The answers to each machine may take 128 KiB. Beyond that, the answers to all
// machines share 1 MiB, and those to one machine may take 208 KiB in all.
BOOST_AUTO_TEST_CASE(the_answers_to_all_peers_have_a_limit) {
  const std::string deaf = "cdefghijklmnopqrstuvwxyz";
  build(deaf);
  deafen(deaf);
  replies asked;
  for (auto letter : deaf)
    for (auto& x : ask(letter, 100))
      asked.push_back(std::move(x));
  std::size_t held = 0;
  for (auto letter : deaf)
    held += held_for(letter);
  BOOST_TEST(held > (900 + deaf.size() * 120) * kib);
  BOOST_TEST(held <= (1024 + deaf.size() * 128) * kib);
  BOOST_TEST(values(ask('a', 50)) == 50);
  let_hear(deaf);
  check_decided(asked);
  BOOST_TEST(values(asked) > static_cast<int>(25 * deaf.size()));
  deafen("c");
  asked = ask('c', 45);
  let_hear("c");
  BOOST_TEST(values(asked) == 45);
}

BOOST_AUTO_TEST_SUITE_END()
