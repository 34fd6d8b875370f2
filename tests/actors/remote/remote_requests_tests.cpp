#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the answers to requests: late ones, those to delegated requests, and
// what happens if the application's code fails.
namespace requests_test {

/// Calls a function of the test when it is written or read.
struct hooked {
  static inline std::function<void()> on_save;
  static inline std::function<void()> on_load;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hooked&) {
  const auto& hook = Inspector::reads_state ? hooked::on_save : hooked::on_load;
  if (hook)
    hook();
  std::uint8_t octet = 0;
  return f(octet);
}

} // namespace requests_test

namespace {

using requests_test::hooked;

/// Answers odd numbers at once, and even numbers when a text arrives.
caf::behavior slow_answers(caf::event_based_actor* self) {
  auto waiting = std::make_shared<std::vector<caf::response_promise>>();
  return {
    [self, waiting](int x) -> caf::result<int> {
      if (x % 2 == 1)
        return x;
      waiting->push_back(self->make_response_promise());
      return waiting->back();
    },
    [waiting](const std::string&) {
      for (auto& x : *waiting)
        x.deliver(0);
      waiting->clear();
    },
    [](const hooked&) { return 0; },
  };
}

struct requests : actor_machines {
  ~requests() {
    hooked::on_save = hooked::on_load = nullptr;
  }
  void build(const std::string& letters) {
    line(letters);
    // The cast is safe, because the fixture's configuration is not const.
    for (auto letter : letters)
      const_cast<caf::actor_system_config&>(at(letter).system().config())
        .add_message_type<hooked>("hooked");
  }
  template <class T>
  reply_ptr<int> ask(const caf::actor& whom, T what) {
    return ask_later<int>(at('a').system(), whom, std::move(what));
  }
  /// Whether the handle's actor still answers.
  bool is_served(const caf::actor& whom) {
    auto got = ask(whom, 1);
    run_for(milliseconds{100});
    return got->value.has_value();
  }
};

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

BOOST_AUTO_TEST_SUITE_END()
