#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
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
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_limits_tests, limited)

BOOST_AUTO_TEST_CASE(monitors_beyond_max_handles_are_told_why) {
  actor_settings config;
  config.max_handles = 2;
  build({}, config);
  auto reasons = std::make_shared<std::vector<caf::error>>();
  for (int i = 0; i < 3; ++i) {
    auto handle = at('a').handle_of(at('b').publish(never_answers));
    at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->monitor(handle);
      caf_version::on_down(
        self, [reasons](const caf::actor_addr&, const caf::error& why) {
          reasons->push_back(why);
        });
      return {[](int) {
      }};
    });
    run_for(milliseconds{20});
  }
  BOOST_TEST_REQUIRE(reasons->size() == 1u);
  BOOST_TEST(is(reasons->front(), errc::congested), describe(reasons->front()));
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

BOOST_AUTO_TEST_SUITE_END()
