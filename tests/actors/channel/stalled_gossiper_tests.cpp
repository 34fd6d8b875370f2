#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "tests/support/blob.hpp"
#include "tests/support/event_lines.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a gossiper that answers late or never.
namespace {

/// A gossiper that answers a request for its state only when the test calls
/// `answer`. `asked` has the unanswered requests.
struct open_questions {
  using promise = caf::typed_response_promise<gossip_data_ptr>;
  using answering_gossiper = gossiper_actor::extend<caf::reacts_to<int>>;
  std::vector<promise> asked;
  answering_gossiper gossiper;

  void answer(int word) const {
    caf::anon_send(gossiper, word);
  }
  void end() {
    asked.clear();
    caf::anon_send_exit(gossiper, caf::exit_reason::kill);
  }
};

//   a --- b        a sends to b on `slow` and on `chan`
struct stalled : mesh {
  stalled() {
    build("ab");
    at('a').join("slow");
    at('b').join("slow");
    slow().sizes_only = true;
    slow().hold = true;
  }
  ~stalled() {
    for (auto& x : subscribers)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    subscribers.clear();
    run();
  }
  record& slow() {
    return at('b').recorded("slow");
  }
  void flood() {
    caf::anon_send(at('a').channel("slow"),
                   unicast{at('b').name(), text_payload(blob(64 * kib))});
  }
  void answer() {
    ask<void>(at('b').gossiper("slow"), answer_all{});
    slow().hold = true;
  }
  /// Floods `slow` for `how_long`, and measures the longest time that a message
  /// on `chan` takes during the flood.
  /// @param answers the interval at which the gossiper of `slow` answers;
  ///        nullopt if it never does
  duration delay_beside_flood(duration how_long,
                              std::optional<duration> answers) {
    auto& healthy = at('b').recorded("chan").unicasts;
    auto longest = duration::zero();
    auto end = now() + how_long;
    auto next_answer = now();
    instant sent{};
    auto waits = false;
    while (now() < end) {
      flood();
      if (!std::exchange(waits, true)) {
        sent = now();
        at('a').unicast("chan", at('b'), "hello");
      }
      if (answers && now() >= next_answer) {
        answer();
        next_answer = now() + *answers;
      }
      run_for(milliseconds{5});
      longest = std::max(longest, now() - sent);
      if (!healthy.empty()) {
        healthy.clear();
        waits = false;
      }
    }
    return longest;
  }
  open_questions& join_without_state(char letter) {
    auto open = std::make_shared<open_questions>();
    open->gossiper =
      system().spawn([open](open_questions::answering_gossiper::pointer self)
                       -> open_questions::answering_gossiper::behavior_type {
        return {
          [](const unicasts_arrived&) {},
          [](const broadcast_arrived&) { return gossip_data_ptr{}; },
          [](const gossip_arrived&) { return gossip_data_ptr{}; },
          [open, self](get_gossip) {
            open->asked.push_back(
              self->make_response_promise<gossip_data_ptr>());
            return open->asked.back();
          },
          [open](int word) {
            open->asked.front().deliver(word_set::of({std::to_string(word)}));
            open->asked.erase(open->asked.begin());
          },
        };
      });
    at(letter).join_with("mute", open->gossiper);
    questions.push_back(open);
    return *open;
  }
  event_lines& watch(char letter) {
    auto lines = std::make_shared<event_lines>();
    subscribers.push_back(spawn_event_writer(system(), lines));
    ask<void>(at(letter).router(), subscribe{subscribers.back()});
    run();
    return *(all.emplace_back(std::move(lines)));
  }

  std::vector<event_subscriber_actor> subscribers;
  std::vector<std::shared_ptr<event_lines>> all;
  std::vector<std::shared_ptr<open_questions>> questions;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stalled_gossiper_tests, stalled)

// -- gossipers that never answer

BOOST_AUTO_TEST_CASE(a_gossiper_that_never_answers_delays_no_other_channel) {
  at('a').unicast("chan", at('b'), "hello");
  auto delay = delay_beside_flood(seconds{30}, std::nullopt);
  BOOST_TEST((delay <= milliseconds{20}));
  BOOST_TEST(at('a').figures("slow").unicasts_dropped > 0u);
  BOOST_TEST(at('a').figures("chan").unicasts_dropped == 0u);
  BOOST_TEST(at('b').figures("chan").overrun == 0u);
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(
  a_gossiper_that_never_answers_does_not_delay_the_topology) {
  for (int i = 0; i < 100; ++i)
    flood();
  run_for(seconds{2});
  add('c').connect_to(at('a'));
  run_for(seconds{2});
  BOOST_TEST(at('b').topology() == "a>b a>c b>a c>a");
}

BOOST_AUTO_TEST_CASE(a_gossiper_that_stalls_is_replaced_and_reported) {
  auto& events = watch('b');
  flood();
  run_for(seconds{9});
  BOOST_TEST(!at('b').figures("slow").surrogate);
  run_for(seconds{4});
  BOOST_TEST(at('b').figures("slow").surrogate);
  BOOST_TEST(at('b').log().count(
               {"'slow'", "stalled", "10000 ms", "relaying as a surrogate"})
             == 1u);
  BOOST_TEST(std::count_if(events.lines.begin(), events.lines.end(),
                           [](const std::string& x) {
                             return x.find("gossiper_ended slow timed_out")
                                    == 0;
                           })
             == 1);
  BOOST_TEST(at('b').degree() == 1u);
  caf::anon_send_exit(at('b').gossiper("slow"), caf::exit_reason::kill);
  auto& anew = at('b').join("slow");
  flood();
  run();
  BOOST_TEST(anew.unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_answer_of_a_replaced_gossiper_is_ignored) {
  flood();
  run_for(seconds{15});
  answer();
  BOOST_TEST(at('b').figures("slow").surrogate);
  BOOST_TEST(at('b').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(the_answer_limit_is_a_setting) {
  auto setup = settings_for('c');
  setup.answer_limit = seconds{1};
  auto& c = add('c', setup);
  c.recorded("chan").hold = true;
  at('a').connect_to(c);
  at('a').unicast("chan", c, "hello");
  run_for(seconds{2});
  BOOST_TEST(c.figures("chan").surrogate);
}

BOOST_AUTO_TEST_CASE(requests_for_a_stalled_gossiper_s_state_do_not_pile_up) {
  auto& state = join_without_state('a');
  run_for(minutes{5});
  BOOST_TEST(state.asked.size() == 1u);
  state.end();
}

BOOST_AUTO_TEST_CASE(new_neighbours_share_one_question_for_the_state) {
  auto& state = join_without_state('a');
  for (char letter : {'c', 'd', 'e'})
    add(letter).connect_to(at('a'));
  run_for(seconds{1});
  BOOST_TEST(state.asked.size() == 1u);
  // The unanswered request is older than these neighbours. The node must
  // request the state again for them.
  for (char letter : {'c', 'd', 'e'})
    at(letter).join("mute");
  state.answer(1);
  run();
  BOOST_TEST(state.asked.size() == 1u);
  state.answer(2);
  settle();
  for (char letter : {'c', 'd', 'e'})
    BOOST_TEST(!at(letter).recorded("mute").gossip.empty());
  state.end();
}

BOOST_AUTO_TEST_CASE(a_gossiper_that_keeps_its_state_to_itself_is_replaced) {
  auto& state = join_without_state('a');
  add('c').connect_to(at('a'));
  run_for(seconds{9});
  BOOST_TEST(!at('a').figures("mute").surrogate);
  run_for(seconds{4});
  BOOST_TEST(at('a').figures("mute").surrogate);
  BOOST_TEST(at('a').log().count({"'mute'", "stalled", "10000 ms"}) == 1u);
  // An answer of a gossiper that was replaced must be ignored.
  at('c').join("mute");
  state.answer(1);
  settle();
  BOOST_TEST(at('c').recorded("mute").gossip.empty());
  state.end();
}

BOOST_AUTO_TEST_CASE(few_questions_are_open_and_all_are_asked_in_order) {
  stranger s{*this, at('b')};
  s.introduce();
  slow().sizes_only = false;
  std::vector<std::string> sent;
  outgoing x;
  x.source = s.name();
  x.destination = at('b').name();
  for (int i = 0; i < 200; ++i) {
    sent.push_back(std::to_string(i));
    x.data = text_payload(sent.back());
    x.tag = wire::message_tag::unicast;
    s.queue(x, "slow");
    // Gossip between the unicasts keeps the node from handing over all unicasts
    // in one batch.
    x.tag = wire::message_tag::gossip;
    s.queue(x, "slow");
  }
  s.talk();
  run();
  BOOST_TEST(slow().held.size() == 64u);
  while (!slow().held.empty())
    answer();
  std::vector<std::string> arrived;
  for (const auto& [from, text] : slow().unicasts)
    arrived.push_back(text);
  BOOST_TEST(arrived == sent, boost::test_tools::per_element());
}

// -- gossipers that answer late

BOOST_AUTO_TEST_CASE(a_gossiper_that_answers_late_delays_no_other_channel) {
  at('a').unicast("chan", at('b'), "hello");
  auto delay = delay_beside_flood(seconds{30}, milliseconds{190});
  BOOST_TEST((delay <= milliseconds{20}));
  BOOST_TEST(slow().unicasts.size() > 100u);
  BOOST_TEST(!at('b').figures("slow").surrogate);
}

BOOST_AUTO_TEST_CASE(without_others_a_late_gossiper_slows_its_senders) {
  run_for(seconds{20});
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 200; ++i)
    sent.push_back(at('a').unicast("slow", at('b'), blob(64 * kib)));
  BOOST_TEST(sent.back()->is_open);
  for (int i = 0; i < 100; ++i) {
    run_for(milliseconds{100});
    answer();
  }
  for (const auto& x : sent)
    BOOST_TEST_REQUIRE((!x->is_open && !x->why), describe(x->why));
  BOOST_TEST(slow().unicasts.size() == 200u);
  BOOST_TEST(at('b').figures("slow").overrun == 0u);
}

// -- gossipers that end

BOOST_AUTO_TEST_CASE(the_end_of_a_gossiper_is_reported_with_its_reason) {
  auto& events = watch('b');
  caf::anon_send_exit(at('b').gossiper("slow"), caf::exit_reason::kill);
  run();
  BOOST_TEST(std::count(events.lines.begin(), events.lines.end(),
                        "gossiper_ended slow exit_reason(kill)")
               == 1,
             events.text());
  BOOST_TEST(at('b').log().count({"'slow'", "gossiper ended", "kill"}) == 1u);
}

BOOST_AUTO_TEST_CASE(stopping_a_node_reports_no_ended_gossipers) {
  auto& events = watch('b');
  auto& log = at('b').log();
  at('b').stop();
  BOOST_TEST(log.count({"gossiper"}) == 0u, log.all());
  BOOST_TEST(log.count({"no state"}) == 0u, log.all());
  BOOST_TEST(events.text().find("gossiper_ended") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gossipers_may_end_before_a_stopping_node_has_drained) {
  auto& log = at('b').log();
  net().block(at('b').host(), at('a').host());
  for (int i = 0; i < 40; ++i)
    caf::anon_send(at('b').channel("chan"),
                   unicast{at('a').name(), text_payload(blob(64 * kib))});
  auto stopped = ask_later<void>(system(), at('b').router(), stop_mesh{});
  run();
  BOOST_TEST(stopped->is_open);
  caf::anon_send_exit(at('b').gossiper("chan"),
                      caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(log.count({"gossiper"}) == 0u, log.all());
  at('b').stop();
}

BOOST_AUTO_TEST_SUITE_END()
