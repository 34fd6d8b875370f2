#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

/// Tests of large messages between actors of different machines.
using namespace cafmesh;
using namespace cafmesh::test;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

using notes = std::shared_ptr<std::vector<std::string>>;

struct outcome {
  std::string text; // the size, or the error
  caf::error why;
};
using outcome_ptr = std::shared_ptr<outcome>;

std::string sized(std::size_t size) {
  return std::string(size, 'x');
}

// An actor that notes its name and the size of each string that it receives,
// and answers with the size. It answers a number with a string of that size. On
// request, it sends a string to another actor and ends.
auto receiver(notes seen, std::string name) {
  return [=](caf::event_based_actor* self) -> caf::behavior {
    return {
      [=](const std::string& x) {
        seen->push_back(name + " " + std::to_string(x.size()));
        return static_cast<int>(x.size());
      },
      [](std::uint64_t size) { return sized(size); },
      [self](caf::ok_atom, const caf::actor& to, const std::string& x) {
        self->send(to, x);
        self->quit();
      },
    };
  };
}

caf::behavior sleeper(caf::event_based_actor* self) {
  self->set_default_handler(caf::skip);
  return {[](int) {
  }};
}

struct fixture : actor_machines {
  notes seen = std::make_shared<std::vector<std::string>>();

  caf::actor far(char letter, const std::string& name) {
    return at(letter).publish(receiver(seen, name));
  }
  template <class T>
  outcome_ptr ask(char from, const caf::actor& whom, T what) {
    auto result = std::make_shared<outcome>();
    at(from).system().spawn([=](caf::event_based_actor* self) {
      self->request(whom, caf::infinite, what)
        .then([=](int x) { result->text = std::to_string(x); },
              [=](caf::error& x) {
                result->why = x;
                result->text = describe(x);
              });
    });
    return result;
  }
  outcome_ptr ask_for(char from, const caf::actor& whom, std::uint64_t size) {
    auto result = std::make_shared<outcome>();
    at(from).system().spawn([=](caf::event_based_actor* self) {
      self->request(whom, caf::infinite, size)
        .then(
          [=](const std::string& x) {
            result->text = std::to_string(x.size());
          },
          [=](caf::error& x) {
            result->why = x;
            result->text = describe(x);
          });
    });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(large_actor_messages_tests, fixture)

BOOST_AUTO_TEST_CASE(messages_beyond_a_unicast_arrive_over_two_hops) {
  actor_settings config;
  config.max_message = 20 * megabyte;
  BOOST_TEST_REQUIRE(!check(config), describe(check(config)));
  line("abc", config);
  auto to = at('a').handle_of(far('c', "c"));
  auto got = ask('a', to, sized(19 * megabyte));
  run_for(milliseconds{500});
  BOOST_TEST(got->text == std::to_string(19 * megabyte));
  got = ask_for('a', to, 18 * megabyte);
  run_for(milliseconds{500});
  BOOST_TEST(got->text == std::to_string(18 * megabyte));
}

BOOST_AUTO_TEST_CASE(a_message_of_the_largest_size_arrives) {
  constexpr auto most = 256 * megabyte;
  actor_settings config;
  config.max_message = most;
  config.partial_limit = most;
  BOOST_TEST_REQUIRE(!check(config), describe(check(config)));
  line("ab", config);
  auto to = at('a').handle_of(far('b', "b"));
  auto whole = ask('a', to, sized(most - 100));
  run_for(seconds{5});
  BOOST_TEST(whole->text == std::to_string(most - 100));
  auto refused = ask('a', to, sized(most + 1));
  run();
  BOOST_TEST(is(refused->why, errc::too_large), refused->text);
}

BOOST_AUTO_TEST_CASE(a_small_message_to_another_actor_overtakes_a_large_one) {
  line("abc");
  auto one = at('a').handle_of(far('c', "one"));
  auto other = at('a').handle_of(far('c', "other"));
  run_for(milliseconds{100});
  at('a').spawn([=](caf::event_based_actor* self) {
    self->send(one, sized(6 * megabyte));
    self->send(one, sized(1));
    self->send(other, sized(2));
  });
  run_for(milliseconds{500});
  BOOST_TEST(*seen
             == (std::vector<std::string>{"other 2", "one 6291456", "one 1"}));
}

BOOST_AUTO_TEST_CASE(a_request_overtakes_a_large_message_of_another_sender) {
  line("ab");
  auto one = at('a').handle_of(far('b', "one"));
  auto other = at('a').handle_of(far('b', "other"));
  caf::anon_send(one, sized(6 * megabyte));
  auto got = ask('a', other, sized(2));
  run_for(milliseconds{500});
  BOOST_TEST(got->text == "2");
  BOOST_TEST((*seen == std::vector<std::string>{"other 2", "one 6291456"}));
}

BOOST_AUTO_TEST_CASE(a_down_message_follows_a_large_message) {
  line("ab");
  auto heard = seen;
  auto watcher =
    at('a').publish([=](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler(
        [=](const caf::down_msg&) { heard->push_back("down"); });
      return {[=](const caf::actor& x) { self->monitor(x); },
              [=](const std::string& x) {
                heard->push_back(std::to_string(x.size()));
              }};
    });
  auto there = far('b', "b");
  auto handle = at('a').handle_of(there);
  caf::anon_send(watcher, handle);
  run_for(milliseconds{100});
  caf::anon_send(handle, caf::ok_atom::value, watcher, sized(3 * megabyte));
  run_for(milliseconds{500});
  BOOST_TEST((*seen == std::vector<std::string>{"3145728", "down"}));
}

BOOST_AUTO_TEST_CASE(a_large_message_follows_small_ones_that_were_processed) {
  line("ab");
  auto to = at('a').handle_of(far('b', "b"));
  for (int i = 0; i < 10; ++i)
    caf::anon_send(to, sized(1000));
  run_for(milliseconds{100});
  auto got = ask('a', to, sized(6 * megabyte));
  run_for(milliseconds{500});
  BOOST_TEST(got->text == "6291456");
}

BOOST_AUTO_TEST_CASE(a_request_that_is_cut_off_fails_and_leaves_nothing) {
  line("abc");
  auto to = at('a').handle_of(far('c', "c"));
  run_for(milliseconds{100});
  net().set_capacity(100'000); // so that some bytes are on their way
  net().block(host_of('b'), host_of('c'));
  auto got = ask('a', to, sized(6 * megabyte));
  auto other = ask('a', to, sized(1));
  run_for(milliseconds{100});
  net().cut(host_of('b'), host_of('c'));
  publish_homes("c");
  run_for(milliseconds{200});
  BOOST_TEST(is(got->why, errc::left), got->text);
  BOOST_TEST(is(other->why, errc::left), other->text);
  BOOST_TEST(seen->empty());
  net().unblock(host_of('b'), host_of('c'));
  run_for(seconds{30}); // until dials begun during the block have ended
  publish_homes();
  run_for(seconds{1});
  got = ask('a', to, sized(6 * megabyte));
  run_for(seconds{1});
  BOOST_TEST(got->text == "6291456");
}

BOOST_AUTO_TEST_CASE(what_is_lost_while_a_connection_is_replaced_is_an_error) {
  actor_settings config;
  config.left_after = seconds{5};
  line("ab", config);
  auto here = at('b').handle_of(far('a', "a"));
  auto there = at('a').handle_of(far('b', "b"));
  BOOST_TEST(ask('a', there, sized(1))->text.empty());
  run_for(milliseconds{100});
  net().set_capacity(10'000); // so that the cut loses some bytes
  net().block(host_of('a'), host_of('b'));
  auto request = ask('a', there, sized(6 * megabyte));
  auto answer = ask_for('b', here, 6 * megabyte);
  auto small_answer = ask_for('b', here, 20'000);
  run_for(milliseconds{50});
  net().cut(host_of('a'), host_of('b'));
  net().unblock(host_of('a'), host_of('b'));
  run_for(seconds{3});
  // Messages that had not been sent before the cut may still arrive.
  auto is_decided = [](const outcome& x, errc lost) {
    return is(x.why, lost) || x.text == "6291456";
  };
  BOOST_TEST(is_decided(*request, errc::lost), request->text);
  BOOST_TEST(is_decided(*answer, errc::answer_lost), answer->text);
  BOOST_TEST((request->why || answer->why), "nothing was lost");
  BOOST_TEST(is(small_answer->why, errc::answer_lost), small_answer->text);
  auto later = ask('a', there, sized(6 * megabyte));
  run_for(seconds{1});
  BOOST_TEST(later->text == "6291456");
}

// -- bounds

BOOST_AUTO_TEST_CASE(large_messages_that_nobody_processes_are_bounded) {
  line("ab");
  auto stuck = at('a').handle_of(at('b').publish(sleeper));
  auto other = at('a').handle_of(far('b', "other"));
  for (int i = 0; i < 5; ++i)
    caf::anon_send(stuck, sized(5 * megabyte));
  run_for(milliseconds{200});
  BOOST_TEST(dropped_messages(at('a').remote) == 4u);
  auto refused = ask('a', stuck, sized(5 * megabyte));
  auto small = ask('a', other, sized(3));
  auto large = ask('a', other, sized(5 * megabyte));
  run_for(milliseconds{500});
  BOOST_TEST(is(refused->why, errc::congested), refused->text);
  BOOST_TEST(small->text == "3");
  BOOST_TEST(large->text == "5242880");
}

BOOST_AUTO_TEST_CASE(a_message_that_the_other_peer_does_not_take_is_refused) {
  actor_settings small;
  small.max_message = megabyte;
  add('a');
  add('b', small);
  connect('a', 'b');
  run_for(seconds{3});
  publish_homes();
  run_for(milliseconds{50});
  auto to = at('a').handle_of(far('b', "b"));
  // The sender must get back the credit for messages that are refused.
  for (int i = 0; i < 5; ++i) {
    auto got = ask('a', to, sized(6 * megabyte));
    run_for(milliseconds{200});
    BOOST_TEST(is(got->why, errc::too_large), got->text);
  }
  auto got = ask('a', to, sized(megabyte - 100));
  run_for(milliseconds{200});
  BOOST_TEST(got->text == std::to_string(megabyte - 100));
  auto answer = ask_for('b', at('b').handle_of(far('a', "a")), 6 * megabyte);
  run_for(milliseconds{200});
  BOOST_TEST(is(answer->why, errc::too_large), answer->text);
}

BOOST_AUTO_TEST_CASE(large_answers_that_are_too_many_become_errors) {
  line("ab");
  auto to = at('a').handle_of(far('b', "b"));
  std::vector<outcome_ptr> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(ask_for('a', to, 5 * megabyte));
  run_for(seconds{1});
  auto answered = 0;
  for (const auto& x : all)
    if (x->text == "5242880")
      ++answered;
    else
      BOOST_TEST(is(x->why, errc::congested), x->text);
  BOOST_TEST(answered >= 12);
  auto later = ask_for('a', to, 5 * megabyte);
  run_for(seconds{1});
  BOOST_TEST(later->text == "5242880");
}

BOOST_AUTO_TEST_SUITE_END()
