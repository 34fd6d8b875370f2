#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

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

struct delegating : actor_machines {
  /// a --- b --- c: `between` of b delegates requests of a to `last` of c.
  template <class F>
  void build(F f, actor_settings config = {}) {
    line("abc", config);
    last = at('c').publish(f);
    between = at('b').publish(delegate_to(at('b').handle_of(last)));
    other = at('a').publish(adder);
  }
  static actor_settings few_controls() {
    actor_settings result;
    result.max_handles = 16; // so that few control frames are too many
    return result;
  }
  /// Spawns an actor of a whose proxy c keeps. It sends as many requests as it
  /// is told.
  caf::actor spawn_asker() {
    return at('a').publish(
      [direct = at('a').handle_of(last), to = at('a').handle_of(between),
       told = told](caf::event_based_actor* self) -> caf::behavior {
        self->send(direct, std::string{"hello"});
        return {[=](int times) {
          for (int i = 0; i < times; ++i)
            self->request(to, caf::infinite, 2)
              .then([=](int) { ++(*told)["answered"]; },
                    [=](const caf::error& x) { ++(*told)[name_of(x)]; });
        }};
      });
  }
  void ask(const caf::actor& asker, int times) {
    for (; times > 0; times -= 100) {
      caf::anon_send(asker, std::min(times, 100));
      run_for(milliseconds{5});
    }
    run_for(milliseconds{50});
  }
  static std::string name_of(const caf::error& x) {
    for (auto [code, name] : {std::pair{errc::ended, "ended"},
                              {errc::answer_lost, "answer lost"},
                              {errc::unreachable, "unreachable"}})
      if (is(x, code))
        return name;
    return "other";
  }
  /// Ends the session between a and c, which has too many control frames.
  void break_off() {
    const auto breaks_off = [this] {
      return at('c').log->count({"too many control frames"}) > 0;
    };
    for (int i = 0; i < 40 && !breaks_off(); ++i)
      flood(1);
    BOOST_TEST(breaks_off());
  }
  /// Sends 500 control frames, `times` times, from c to a.
  void flood(int times) {
    auto undecided = at('c').spawn(undecided_about(at('c').handle_of(other)));
    for (; times > 0; --times) {
      caf::anon_send(undecided, 250);
      run();
    }
  }

  caf::actor last;
  caf::actor between;
  caf::actor other;
  std::shared_ptr<std::map<std::string, int>> told =
    std::make_shared<std::map<std::string, int>>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delegated_answers_tests, delegating)

BOOST_AUTO_TEST_CASE(an_answer_made_while_a_session_breaks_off_arrives) {
  build(forgetful, few_controls());
  auto asker = spawn_asker();
  run_for(milliseconds{50});
  ask(asker, 1);
  BOOST_TEST(told->empty());
  net().unplug(host_of('a'), host_of('b'));
  break_off();
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{15});
  BOOST_TEST((*told)["ended"] == 1);
}

BOOST_AUTO_TEST_CASE(
  a_session_that_breaks_off_answers_few_requests_one_by_one) {
  build(forgetful, few_controls());
  for (auto i = 0; i < 2; ++i) {
    auto asker = spawn_asker();
    run_for(milliseconds{50});
    ask(asker, 3'000);
  }
  BOOST_TEST(told->empty());
  net().unplug(host_of('a'), host_of('b'));
  break_off();
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{15});
  BOOST_TEST((*told)["ended"] == 4'096);
  BOOST_TEST((*told)["unreachable"] == 6'000 - 4'096);
}

BOOST_AUTO_TEST_CASE(an_answer_in_a_session_that_breaks_off_is_told_as_lost) {
  build(slow_answers, few_controls());
  auto asker = spawn_asker();
  run_for(milliseconds{50});
  ask(asker, 1);
  net().unplug(host_of('a'), host_of('b'));
  break_off();
  caf::anon_send(last, std::string{"answer now"});
  run();
  flood(20); // enough for the next session to break off
  BOOST_TEST(told->empty());
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{15});
  BOOST_TEST((*told)["answer lost"] == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_that_waits_for_a_session_arrives_in_the_next) {
  actor_settings config;
  config.down_after = milliseconds{500};
  build(slow_answers, config);
  auto asker = spawn_asker();
  run_for(milliseconds{50});
  ask(asker, 1);
  net().block(host_of('b'), host_of('a'));
  auto undecided = at('c').spawn(undecided_about(at('c').handle_of(other)));
  for (int i = 0; i < 70; ++i) {
    caf::anon_send(undecided, 1'000); // until all else is held back
    run();
  }
  caf::anon_send(last, std::string{"answer now"});
  run_for(milliseconds{700});
  BOOST_TEST(told->empty());
  net().unblock(host_of('b'), host_of('a'));
  run_for(seconds{2});
  BOOST_TEST((*told)["answered"] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
