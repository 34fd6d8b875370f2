#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/remote/open_requests.hpp"
#include "tests/actors/remote/slow_answers.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of late answers, of answers to delegated requests, and of failures in
// the application's code.
namespace requests_test {

/// A value that calls a function of the test when it is serialised or
/// deserialised.
struct hooked {
  static inline std::function<void()> on_save;
  static inline std::function<void()> on_load;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hooked&) {
  const auto hook = Inspector::reads_state ? hooked::on_save : hooked::on_load;
  if (hook)
    hook();
  std::uint8_t octet = 0;
  return f(octet);
}

/// A type that only the asker's system knows.
struct unshared {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unshared& a) {
  return f(a.x);
}

using typed_adder = caf::typed_actor<caf::replies_to<int, int>::with<int>>;

} // namespace requests_test

namespace {

using requests_test::hooked;

struct requests : actor_machines {
  ~requests() {
    hooked::on_save = hooked::on_load = nullptr;
  }
  void build(const std::string& letters) {
    line(letters);
    // The cast is safe, because the fixture's configuration is not const.
    for (auto letter : letters)
      configuration(letter)
        .add_message_type<hooked>("hooked")
        .add_message_type<requests_test::typed_adder>("typed_adder");
  }
  caf::actor_system_config& configuration(char letter) {
    return const_cast<caf::actor_system_config&>(at(letter).system().config());
  }
  template <class T>
  reply_ptr<int> ask(const caf::actor& whom, T what) {
    return ask_later<int>(at('a').system(), whom, std::move(what));
  }
  bool is_served(const caf::actor& whom) {
    auto got = ask(whom, 1);
    run_for(milliseconds{100});
    return got->value.has_value();
  }
};

caf::behavior throws_promises_away(caf::event_based_actor* self) {
  return {[self](int) -> caf::result<int> {
    return self->make_response_promise();
  }};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_requests_tests, requests)

BOOST_AUTO_TEST_CASE(a_late_answer_to_a_requester_that_has_ended_is_ignored) {
  build("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto why = std::make_shared<caf::error>();
  at('a').system().spawn([=](caf::event_based_actor* self) {
    self->request(handle, milliseconds{100}, 2)
      .then([](int) {}, [=](caf::error& x) { *why = std::move(x); });
  });
  run_for(milliseconds{200});
  BOOST_TEST((*why == caf::sec::request_timeout), describe(*why));
  caf::anon_send(far, std::string{"answer now"});
  run_for(milliseconds{100});
  BOOST_TEST(is_served(handle));
}

BOOST_AUTO_TEST_CASE(a_late_answer_to_a_requester_that_lives_is_ignored) {
  build("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto answers = std::make_shared<std::vector<std::string>>();
  at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->request(handle, milliseconds{100}, 2)
      .then([=](int) { answers->push_back("a value"); },
            [=](caf::error& x) { answers->push_back(describe(x)); });
    return {[](double) {
    }};
  });
  run_for(milliseconds{200});
  caf::anon_send(far, std::string{"answer now"});
  run_for(milliseconds{100});
  BOOST_TEST((*answers
              == std::vector<std::string>{
                describe(make_error(caf::sec::request_timeout))}));
  BOOST_TEST(is_served(handle));
}

//   a --- b --- c: b delegates to c, which answers a directly
BOOST_AUTO_TEST_CASE(a_delegated_request_fails_when_the_other_peer_departs) {
  build("abc");
  auto far = at('c').publish(slow_answers);
  auto to_far = at('b').handle_of(far);
  auto delegate = at('b').publish(delegate_to(to_far));
  auto handle = at('a').handle_of(delegate);
  BOOST_TEST(is_served(handle));
  auto slow = ask(handle, 2);
  run_for(seconds{25});
  BOOST_TEST(slow->is_open);
  publish_homes("c");
  run_for(milliseconds{200});
  BOOST_TEST(is(slow->why, errc::left), describe(slow->why));
}

BOOST_AUTO_TEST_CASE(an_open_request_to_a_peer_that_restarts_says_so) {
  build("ab");
  auto open = ask(at('a').handle_of(at('b').publish(slow_answers)), 2);
  run_for(milliseconds{50});
  net().unplug(host_of('a'), host_of('b'));
  stop('b');
  net().cut(host_of('a'), host_of('b'));
  net().plug(host_of('a'), host_of('b'));
  BOOST_TEST(open->is_open);
  add('b');
  connect('a', 'b');
  run_for(seconds{3});
  publish_homes();
  run_for(milliseconds{100});
  BOOST_TEST(is(open->why, errc::restarted), describe(open->why));
}

BOOST_AUTO_TEST_CASE(a_request_whose_actor_ends_without_an_answer_fails) {
  build("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto open = ask(handle, 2);
  run_for(seconds{60});
  BOOST_TEST(open->is_open);
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  run_for(seconds{1});
  BOOST_TEST(is(open->why, errc::ended), describe(open->why));
}

// The requester also asks another actor all the time.
BOOST_AUTO_TEST_CASE(a_request_that_was_given_up_fails_within_seconds) {
  build("ab");
  auto forgetful = at('b').publish(throws_promises_away);
  auto to_forgetful = at('a').handle_of(forgetful);
  auto to_other = at('a').handle_of(at('b').publish(slow_answers));
  auto why = std::make_shared<caf::error>();
  auto asker =
    at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->monitor(to_other);
      return {[=](caf::ok_atom) {
                self->request(to_forgetful, caf::infinite, 2)
                  .then([](int) {},
                        [=](caf::error& x) { *why = std::move(x); });
              },
              [=](const std::string&) {
                self->request(to_other, caf::infinite, 1).then([](int) {});
              }};
    });
  caf::anon_send(asker, caf::ok_atom_v);
  for (int i = 0; i < 10; ++i) {
    caf::anon_send(asker, std::string{"ask"});
    run_for(seconds{1});
  }
  BOOST_TEST(is(*why, errc::ended), describe(*why));
}

// So many at a time that other peers need not wait.
BOOST_AUTO_TEST_CASE(many_requests_that_were_given_up_fail_in_steps) {
  constexpr int count = 10'000;
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(throws_promises_away));
  auto failed = std::make_shared<int>(0);
  int most_at_once = 0;
  auto asker = at('a').spawn([=](
                               caf::event_based_actor* self) -> caf::behavior {
    return {[=](caf::ok_atom) {
      for (int i = 0; i < 100; ++i)
        self->request(handle, caf::infinite, 2)
          .then([](int) {},
                [=](caf::error& x) { *failed += is(x, errc::ended) ? 1 : 0; });
    }};
  });
  for (int i = 0; i < count / 100; ++i) {
    caf::anon_send(asker, caf::ok_atom_v);
    run_for(milliseconds{10});
  }
  for (int i = 0; i < 2'000 && *failed < count; ++i) {
    const auto before = *failed;
    run_for(milliseconds{10});
    most_at_once = std::max(most_at_once, *failed - before);
  }
  BOOST_TEST(*failed == count);
  BOOST_TEST(most_at_once > 0);
  BOOST_TEST(most_at_once <= 4096);
}

// One delegates to an actor at its own peer, the other to one at a third peer.
BOOST_AUTO_TEST_CASE(who_delegates_a_request_may_end_before_the_answer) {
  build("abc");
  auto near = at('b').spawn(slow_answers);
  auto far = at('c').publish(slow_answers);
  for (const auto& last : {near, at('b').handle_of(far)}) {
    auto between = at('b').publish(delegate_to(last));
    auto open = ask(at('a').handle_of(between), 2);
    run_for(milliseconds{100});
    caf::anon_send_exit(between, caf::exit_reason::user_shutdown);
    run_for(seconds{60});
    BOOST_TEST(open->is_open, describe(open->why));
    caf::anon_send(last, std::string{"answer now"});
    run_for(milliseconds{100});
    BOOST_TEST(open->value.has_value(), describe(open->why));
  }
}

// Large messages are decoded elsewhere than small ones.
BOOST_AUTO_TEST_CASE(a_type_that_the_receiver_lacks_is_named) {
  build("ab");
  configuration('a').add_message_type<requests_test::unshared>("unshared");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  for (std::size_t size : {0, 100'000}) {
    auto why = std::make_shared<caf::error>();
    at('a').system().spawn([=](caf::event_based_actor* self) {
      self
        ->request(handle, caf::infinite, requests_test::unshared{},
                  std::string(size, 'x'))
        .then([](int) {}, [=](caf::error& x) { *why = std::move(x); });
    });
    run_for(milliseconds{200});
    BOOST_TEST(is(*why, errc::unknown_type), describe(*why));
    BOOST_TEST(describe(*why).find("unshared") != std::string::npos,
               describe(*why));
  }
  BOOST_TEST(is_served(handle));
}

BOOST_AUTO_TEST_CASE(a_request_with_a_handle_of_an_ended_actor_is_refused) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  auto ended = at('b').publish(slow_answers);
  auto to_ended = at('a').handle_of(ended);
  run_for(milliseconds{100});
  caf::anon_send_exit(ended, caf::exit_reason::user_shutdown);
  ended = nullptr;
  run_for(milliseconds{100});
  auto got = ask(handle, to_ended);
  run_for(milliseconds{100});
  BOOST_TEST(is(got->why, errc::ended), describe(got->why));
}

BOOST_AUTO_TEST_CASE(a_typed_handle_in_a_message_works_there_and_at_home) {
  using requests_test::typed_adder;
  build("ab");
  auto far = at('b').publish([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const typed_adder& to, int x, int y) {
      self->send(caf::actor_cast<caf::actor>(to), to);
      return self->delegate(to, x, y);
    }};
  });
  auto came_home = std::make_shared<bool>(false);
  auto own = at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[](int x, int y) { return x + y; },
            [=](const typed_adder& to) {
              *came_home = caf::actor_cast<caf::abstract_actor*>(to) == self;
            }};
  });
  auto got = std::make_shared<int>(0);
  at('a').system().spawn(
    [=, handle = at('a').handle_of(far)](caf::event_based_actor* self) {
      self
        ->request(handle, caf::infinite,
                  caf::actor_cast<typed_adder>(
                    caf::actor_cast<caf::strong_actor_ptr>(own)),
                  40, 2)
        .then([=](int x) { *got = x; });
    });
  run_for(milliseconds{200});
  BOOST_TEST(*got == 42);
  BOOST_TEST(*came_home);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_delegated_home_is_answered) {
  build("ab");
  auto own = at('a').publish(slow_answers);
  auto delegate = at('b').publish(delegate_to(at('b').handle_of(own)));
  BOOST_TEST(is_served(at('a').handle_of(delegate)));
}

// By CAF's defaults, an error that arrives as a message ends the actor that
// receives it.
BOOST_AUTO_TEST_CASE(a_peer_cannot_end_an_actor_with_an_error) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  caf::anon_send(handle, make_error(errc::ended, "a lie"));
  run_for(milliseconds{100});
  BOOST_TEST(is_served(handle));
}

// The first actor has no handler for the message. CAF would pass the resulting
// error on to the second actor as a message, which would end the second actor.
BOOST_AUTO_TEST_CASE(a_peer_cannot_end_an_actor_behind_another) {
  build("ab");
  auto to_first = at('a').handle_of(at('b').publish(slow_answers));
  auto to_second = at('a').handle_of(at('b').publish(slow_answers));
  using caf::strong_actor_ptr;
  caf::mailbox_element::forwarding_stack stages{
    caf::actor_cast<strong_actor_ptr>(to_second)};
  caf::actor_cast<strong_actor_ptr>(to_first)->enqueue(
    caf::make_mailbox_element(nullptr, caf::make_message_id(),
                              std::move(stages), 1.5),
    nullptr);
  run_for(milliseconds{100});
  BOOST_TEST(is_served(to_second));
}

BOOST_AUTO_TEST_CASE(delegated_requests_do_not_displace_those_of_our_actors) {
  deterministic world;
  auto local = world.system().spawn(slow_answers);
  open_requests all;
  all.set_most(4);
  open_request own;
  own.requester = caf::actor_cast<caf::weak_actor_ptr>(local);
  own.peer = peer_uid{1};
  BOOST_TEST(!all.open(1, own));
  open_request delegated;
  delegated.of_node = local.node();
  delegated.of_actor = 7;
  delegated.peer = peer_uid{1};
  for (std::uint64_t number = 2; number <= 5; ++number)
    BOOST_TEST(!all.open(number, delegated));
  auto displaced = all.open(6, delegated);
  BOOST_TEST_REQUIRE(displaced.has_value());
  BOOST_TEST(displaced->is_delegated());
  BOOST_TEST(all.size(peer_uid{1}) == 1u);
  BOOST_TEST(all.take_all(peer_uid{1}).size() == 5u);
  BOOST_TEST(!all.has_own());
  caf::anon_send_exit(local, caf::exit_reason::user_shutdown);
  world.run();
}

BOOST_AUTO_TEST_CASE(a_request_that_is_sent_while_the_node_stops_is_answered) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  run_for(milliseconds{50});
  hooked::on_save = [this] {
    hooked::on_save = nullptr;
    caf::anon_send_exit(at('a').remote.postman,
                        caf::exit_reason::user_shutdown);
    at('a').world.run();
  };
  caf::scoped_actor self{at('a').system()};
  auto answer = self->request(handle, caf::infinite, hooked{});
  run();
  BOOST_TEST_REQUIRE(!self->mailbox().empty());
  answer.receive([](int) { BOOST_TEST(false); },
                 [](const caf::error& why) {
                   BOOST_TEST(is(why, errc::stopped), describe(why));
                 });
}

// -- exceptions of the application's code

BOOST_AUTO_TEST_CASE(an_exception_while_a_message_is_written_is_an_error) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  hooked::on_save = [] {
    throw std::runtime_error("a bad day");
  };
  auto got = ask(handle, hooked{});
  run_for(milliseconds{100});
  BOOST_TEST(describe(got->why).find("a bad day") != std::string::npos,
             describe(got->why));
  caf::anon_send(handle, hooked{});
  hooked::on_save = [] {
    throw 1;
  };
  got = ask(handle, hooked{});
  run_for(milliseconds{100});
  BOOST_TEST(is(got->why, errc::malformed), describe(got->why));
  BOOST_TEST(is_served(handle));
}

// As if the actor's time as one that peers may address had ended just then.
BOOST_AUTO_TEST_CASE(an_actor_may_be_addressed_although_it_was_just_forgotten) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  auto own = at('a').spawn(slow_answers);
  hooked::on_save = [&] {
    hooked::on_save = nullptr;
    at('a').system().registry().erase(own.id());
  };
  caf::anon_send(handle, own, hooked{});
  BOOST_TEST(!!at('a').remote.carrier->handle_of(own.node(), own.id()));
  run_for(milliseconds{100});
}

BOOST_AUTO_TEST_CASE(an_exception_while_a_message_is_read_is_an_error) {
  build("ab");
  auto handle = at('a').handle_of(at('b').publish(slow_answers));
  hooked::on_load = [] {
    throw 1;
  };
  auto got = ask(handle, hooked{});
  run_for(milliseconds{100});
  BOOST_TEST(is(got->why, errc::malformed), describe(got->why));
  BOOST_TEST(is_served(handle));
}

BOOST_AUTO_TEST_CASE(a_reason_that_cannot_be_written_is_told_by_its_code) {
  build("ab");
  auto far = at('b').publish(slow_answers);
  auto other = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto reasons = at('a').monitor(handle);
  run_for(milliseconds{50});
  hooked::on_save = [] {
    throw std::runtime_error("a bad day");
  };
  caf_version::tell_to_end(
    far.address(),
    caf::error{7, caf::atom("test"), caf::make_message(hooked{})});
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(reasons->size() == 1u);
  BOOST_TEST((reasons->front() == caf::error{7, caf::atom("test")}),
             describe(reasons->front()));
  BOOST_TEST(is_served(at('a').handle_of(other)));
}

BOOST_AUTO_TEST_SUITE_END()
