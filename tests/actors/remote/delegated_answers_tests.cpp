#include <memory>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/actors/remote/slow_answers.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of answers to requests that another peer has delegated.
namespace {

// Throws the promises of requests away.
caf::behavior forgetful(caf::event_based_actor* self) {
  return {
    [self](int) -> caf::result<int> { return self->make_response_promise(); },
    [](const std::string&) {
    }};
}

// Sends many control frames to the peer of another actor.
auto undecided_about(caf::actor to) {
  return [to](caf::event_based_actor* self) -> caf::behavior {
    return {[=](int count) {
      for (int i = 0; i < count; ++i) {
        self->monitor(to);
        self->demonitor(to);
      }
    }};
  };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(delegated_answers_tests, actor_machines)

//   a --- b --- c: b delegates a request of a to c, whose session with a ends
BOOST_AUTO_TEST_CASE(an_answer_made_while_a_session_breaks_off_arrives) {
  actor_settings config;
  config.max_handles = 16; // so that few control frames are too many
  line("abc", config);
  auto last = at('c').publish(forgetful);
  auto between = at('b').publish(delegate_to(at('b').handle_of(last)));
  auto why = std::make_shared<caf::error>();
  auto asker = at('a').publish(
    [=, direct = at('a').handle_of(last), to = at('a').handle_of(between)](
      caf::event_based_actor* self) -> caf::behavior {
      // So that c keeps this actor's proxy.
      self->send(direct, std::string{"hello"});
      return {[=](caf::ok_atom) {
        self->request(to, caf::infinite, 2)
          .then([](int) {}, [=](caf::error& x) { *why = std::move(x); });
      }};
    });
  run_for(milliseconds{50});
  caf::anon_send(asker, caf::ok_atom_v);
  run_for(milliseconds{50});
  BOOST_TEST(!*why, describe(*why));
  net().unplug(host_of('a'), host_of('b'));
  auto undecided =
    at('c').spawn(undecided_about(at('c').handle_of(at('a').publish(adder))));
  const auto breaks_off = [this] {
    return at('c').log->count({"too many control frames"}) > 0;
  };
  for (int i = 0; i < 40 && !breaks_off(); ++i) {
    caf::anon_send(undecided, 250);
    run();
  }
  BOOST_TEST(breaks_off());
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{15});
  BOOST_TEST(is(*why, errc::ended), describe(*why));
}

BOOST_AUTO_TEST_SUITE_END()
