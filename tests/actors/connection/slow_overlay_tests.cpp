#include "tests/support/overlaid_mesh.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of overlays that answer late or never.
namespace {

using slow_connection_actor =
  overlay_connection_actor::extend<caf::reacts_to<answer_all>>;

/// What a slow overlay has received and done.
struct slow_state {
  std::size_t asked = 0;
  overlay_host_actor host;
  caf::strong_actor_ptr asker;
  bool ended = false;
  bool holds_controls = false;
  std::vector<caf::response_promise> controls;
  slow_connection_actor connection;
};

using slow_state_ptr = std::shared_ptr<slow_state>;

slow_connection_actor::behavior_type
slow_overlay_connection(slow_connection_actor::pointer self,
                        const slow_state_ptr& state) {
  self->attach_functor([state] { state->ended = true; });
  return {
    [](confirm_overlay) {},
    [self, state](const overlay_control_arrived&) -> caf::result<void> {
      if (!state->holds_controls)
        return caf::unit;
      state->controls.push_back(self->make_response_promise());
      return state->controls.back();
    },
    [](get_overlay_attributes) { return overlay_attributes{}; },
    [state](answer_all) {
      for (auto& x : std::exchange(state->controls, {}))
        x.deliver(caf::unit);
    },
  };
}

using slow_overlay_actor = overlay_actor::extend<caf::reacts_to<answer_all>>;

/// An overlay that answers requests for connections only when it gets
/// `answer_all`.
slow_overlay_actor::behavior_type slow_overlay(slow_overlay_actor::pointer self,
                                               const slow_state_ptr& state,
                                               bool stays) {
  using answer = caf::typed_response_promise<overlay_connection_actor>;
  auto open = std::make_shared<std::vector<answer>>();
  if (stays)
    caf_version::on_exit(self, [](const caf::error&) {});
  return {
    [](get_overlay_features) { return overlay_features{}; },
    [self, state, open](const prepare_overlay_connection& x) {
      ++state->asked;
      state->host = x.host;
      state->asker = self->current_sender();
      open->push_back(self->make_response_promise<overlay_connection_actor>());
      return open->back();
    },
    [](get_overlay_diagnostics) { return std::string{"{}"}; },
    [self, state, open](answer_all) {
      for (auto& x : *open) {
        state->connection =
          self->home_system().spawn(slow_overlay_connection, state);
        x.deliver(overlay_connection_actor{state->connection});
      }
      open->clear();
    },
  };
}

struct slow_overlay_fixture : overlaid_mesh {
  ~slow_overlay_fixture() {
    // Breaks the reference cycles between the state and these actors, which
    // would otherwise never be freed.
    slow->controls.clear();
    slow->asker = nullptr;
    slow->connection = nullptr;
  }
  void add_slow(bool stays) {
    slow_one = system().spawn(slow_overlay, slow, stays);
    prepare('a', settings_for('a'), slow_one).start();
    remote.emplace(*this, at('a'));
    remote->introduce();
    BOOST_TEST_REQUIRE(slow->asked == 1u);
  }
  void prepare_at_last() {
    caf::anon_send(slow_one, answer_all{});
    run();
  }
  /// Connects `b` to `a`, whose overlay does not answer control messages. `b`
  /// sends control messages until `a` stops reading.
  void flood_with_controls() {
    slow->holds_controls = true;
    slow_one = system().spawn(slow_overlay, slow, false);
    prepare('a', settings_for('a'), slow_one).start();
    add_overlaid('b');
    options('b').patience = minutes{60};
    options('b').hasty = true;
    at('b').connect_to(at('a'));
    prepare_at_last();
    caf::anon_send(slow->host, overlay_established{});
    run();
    for (int i = 0; i < 8; ++i)
      say('b', overlay_tag::control, "hello");
    BOOST_TEST_REQUIRE(at('a').degree() == 1u);
    BOOST_TEST_REQUIRE(slow->controls.size() == 4u);
  }
  void end_slow() {
    caf::anon_send_exit(slow_one, caf::exit_reason::kill);
    run();
  }

  slow_state_ptr slow = std::make_shared<slow_state>();
  slow_overlay_actor slow_one;
  std::optional<stranger> remote;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slow_overlay_tests, slow_overlay_fixture)

// -- requests for connections

BOOST_AUTO_TEST_CASE(a_connection_ends_if_the_question_to_the_overlay_dies) {
  add_slow(false);
  caf::anon_send_exit(slow->asker, caf::exit_reason::kill);
  run();
  remote->talk();
  BOOST_TEST(remote->is_closed());
  BOOST_TEST(at('a').log().count({"preparation", "kill"}) == 1u);
}

BOOST_AUTO_TEST_CASE(an_overlay_may_take_its_time) {
  add_slow(false);
  run_for(seconds{59});
  prepare_at_last();
  settle();
  BOOST_TEST(!slow->ended);
  BOOST_TEST(at('a').topology() == "a~s s");
}

BOOST_AUTO_TEST_CASE(an_overlay_that_never_answers_closes_the_connection) {
  add_slow(false);
  run_for(seconds{59});
  BOOST_TEST(!at('a').log().has("closed"));
  run_for(seconds{2});
  BOOST_TEST(at('a').log().has("closed"));
}

BOOST_AUTO_TEST_CASE(an_overlay_that_does_not_answer_does_not_delay_a_stop) {
  add_slow(true);
  auto& a = at('a');
  auto before = now();
  a.stop();
  BOOST_TEST((now() - before <= a.config().drain_limit));
  BOOST_TEST(a.log().has("closed: "));
  end_slow();
}

BOOST_AUTO_TEST_CASE(an_overlay_connection_prepared_after_a_stop_ends) {
  add_slow(true);
  at('a').stop();
  prepare_at_last();
  BOOST_TEST(slow->ended);
  end_slow();
}

BOOST_AUTO_TEST_CASE(an_overlay_connection_prepared_after_a_close_ends) {
  add_slow(false);
  caf::anon_send(slow->host,
                 overlay_failed{make_error(errc::bad_feature, "after all")});
  run();
  BOOST_TEST(at('a').log().has("after all"));
  remote->talk();
  BOOST_TEST(remote->is_closed());
  prepare_at_last();
  BOOST_TEST(slow->ended);
}

BOOST_AUTO_TEST_CASE(an_overlay_that_ends_unanswered_closes_the_connection) {
  add_slow(false);
  end_slow();
  BOOST_TEST(at('a').log().has("the overlay has ended"));
  remote->talk();
  BOOST_TEST(remote->is_closed());
}

// -- control messages

BOOST_AUTO_TEST_CASE(
  an_overlay_that_answers_no_controls_closes_its_connection) {
  flood_with_controls();
  run_for(seconds{59});
  BOOST_TEST(at('a').degree() == 1u);
  run_for(seconds{10});
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(
    at('a').log().has("the overlay left control messages unanswered for 60000"),
    at('a').log().all());
  BOOST_TEST(slow->ended);
}

BOOST_AUTO_TEST_CASE(an_overlay_that_answers_late_keeps_its_connection) {
  flood_with_controls();
  for (int i = 0; i < 4; ++i) {
    run_for(seconds{40});
    BOOST_TEST(at('a').degree() == 1u, at('a').log().all());
    caf::anon_send(slow->connection, answer_all{});
    run();
    for (int k = 0; k < 4; ++k)
      say('b', overlay_tag::control, "hello");
  }
}

BOOST_AUTO_TEST_SUITE_END()
