#include <cafmesh/dead_letters.hpp>

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "actors/remote/carrier.hpp"
#include "tests/actors/remote/slow_answers.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace dead_letters_test {

struct nameless {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, nameless& a) {
  return f(a.x);
}

} // namespace dead_letters_test

namespace {

using letters = std::shared_ptr<dead_letters>;

struct lossy : actor_machines {
  /// Spawns an actor on the machine `letter` that watches for dropped messages.
  /// @returns the dropped messages that the actor has been told of; more are
  ///          added later
  letters watch(char letter) {
    auto result = std::make_shared<dead_letters>();
    auto watcher =
      at(letter).spawn([result](caf::event_based_actor*) -> caf::behavior {
        return {[result](const dead_letters& x) {
          result->all.insert(result->all.end(), x.all.begin(), x.all.end());
          result->missed += x.missed;
        }};
      });
    caf::anon_send(
      at(letter).remote.postman,
      watch_dead_letters{caf::actor_cast<dead_letter_watcher_actor>(watcher)});
    run();
    return result;
  }
  reply_ptr<int> ask(char letter, const caf::actor& whom, int x) {
    return ask_later<int>(at(letter).system(), whom, x);
  }
  /// Breaks the connection between two machines. It is dialled again after
  /// about 200 ms.
  void cut(char x, char y) {
    net().cut(host_of(x), host_of(y));
    run();
  }
  std::map<std::string, std::uint64_t> counts(char letter) {
    return std::static_pointer_cast<carrier>(at(letter).remote.carrier)
      ->dropped()
      .counts()
      .by_reason();
  }
  /// The result of `ask_in_a_line`: an actor on `c`, the handle of it on `a`,
  /// and the dropped messages that `a` has been told of. The machines `a`, `b`
  /// and `c` form a line, and `a` has sent the actor a request.
  struct asked {
    caf::actor far;
    caf::actor handle;
    letters heard;
  };
  asked ask_in_a_line(actor_settings config = {}) {
    line("abc", config);
    asked result;
    result.far = at('c').publish(slow_answers);
    result.handle = at('a').handle_of(result.far);
    ask('a', result.handle, 1);
    run_for(milliseconds{100});
    result.heard = watch('a');
    return result;
  }
  actor_address address_of(char letter, const caf::actor& x) {
    const auto& home = at(letter).home;
    return {home.peer, home.uid, x.id()};
  }
};

using reasons = std::map<std::string, std::uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(dead_letters_tests, lossy)

BOOST_AUTO_TEST_CASE(dropped_messages_are_counted_by_reason_and_watched) {
  actor_settings config;
  config.max_message = 10'000;
  line("ab", config);
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto ended = at('b').publish(slow_answers);
  auto to_ended = at('a').handle_of(ended);
  run_for(milliseconds{100});
  auto on_a = watch('a');
  auto on_b = watch('b');
  caf::anon_send(handle, dead_letters_test::nameless{1});
  caf::anon_send(handle, std::string(20'000, 'x'), 1);
  caf::anon_send_exit(ended, caf::exit_reason::user_shutdown);
  at('b').world.run();
  caf::anon_send(to_ended, 1.5);
  run_for(milliseconds{100});
  BOOST_TEST((counts('a') == reasons{{"unknown_type", 1}, {"too_large", 1}}));
  BOOST_TEST((counts('b') == reasons{{"ended", 1}}));
  BOOST_TEST_REQUIRE(on_a->all.size() == 2u);
  const auto& large = on_a->all[1];
  BOOST_TEST(is(large.reason, errc::too_large), describe(large.reason));
  BOOST_TEST((large.to == address_of('b', far)), to_string(large.to));
  BOOST_TEST((large.types == std::vector<std::string>{"@str", "@i32"}));
  BOOST_TEST(on_a->all[0].types.at(0).find("nameless") != std::string::npos);
  BOOST_TEST_REQUIRE(on_b->all.size() == 1u);
  BOOST_TEST((on_b->all[0].to == address_of('b', ended)));
  BOOST_TEST((on_b->all[0].types == std::vector<std::string>{"double"}));
  BOOST_TEST(on_a->missed + on_b->missed == 0u);
}

BOOST_AUTO_TEST_CASE(requests_that_fail_are_no_dead_letters) {
  line("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{100});
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  auto got = ask('a', handle, 1);
  run_for(milliseconds{100});
  auto later = ask('a', handle, 1);
  run_for(milliseconds{100});
  BOOST_TEST(is(got->why, errc::ended), describe(got->why));
  BOOST_TEST(is(later->why, errc::ended), describe(later->why));
  BOOST_TEST(counts('a').empty());
  BOOST_TEST(counts('b').empty());
}

BOOST_AUTO_TEST_CASE(exits_that_a_peer_must_not_send_are_dead_letters) {
  line("ab");
  auto far = at('b').publish(slow_answers);
  auto heard = watch('b');
  caf::anon_send_exit(at('a').handle_of(far), caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST((counts('b') == reasons{{"unknown_type", 1}}));
  BOOST_TEST_REQUIRE(heard->all.size() == 1u);
  const auto& x = heard->all.front();
  BOOST_TEST(describe(x.reason).find("actors.remote_exits")
               != std::string::npos,
             describe(x.reason));
  BOOST_TEST((x.to == address_of('b', far)), to_string(x.to));
  BOOST_TEST((x.types == std::vector<std::string>{"@error"}));
}

BOOST_AUTO_TEST_CASE(messages_for_a_life_that_has_departed_are_watched) {
  line("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{100});
  auto heard = watch('a');
  publish_homes("b");
  run_for(milliseconds{100});
  caf::anon_send(handle, 1.5);
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(heard->all.size() == 1u);
  const auto& x = heard->all.front();
  BOOST_TEST(is(x.reason, errc::left), describe(x.reason));
  BOOST_TEST((x.to == address_of('b', far)), to_string(x.to));
  BOOST_TEST((x.types == std::vector<std::string>{"double"}));
}

BOOST_AUTO_TEST_CASE(a_slow_watcher_costs_a_window_and_hears_what_it_missed) {
  actor_settings config;
  config.dead_letter_window = 50;
  line("ab", config);
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{100});
  auto other = watch('a');
  auto heard = std::make_shared<std::vector<dead_letters>>();
  auto busy = std::make_shared<std::optional<caf::response_promise>>();
  auto slow = at('a').spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const dead_letters& x) {
              heard->push_back(x);
              *busy = self->make_response_promise();
              return **busy;
            },
            [=](caf::ok_atom) {
              (*busy)->deliver(caf::unit);
            }};
  });
  caf::anon_send(
    at('a').remote.postman,
    watch_dead_letters{caf::actor_cast<dead_letter_watcher_actor>(slow)});
  run();
  publish_homes("b");
  run_for(milliseconds{100});
  for (int i = 0; i < 1000; ++i) {
    caf::anon_send(handle, 1.5);
    run_for(milliseconds{20});
  }
  BOOST_TEST(other->all.size() == 1000u);
  BOOST_TEST(other->missed == 0u);
  BOOST_TEST_REQUIRE(heard->size() == 1u);
  caf::anon_send(slow, caf::ok_atom_v);
  run_for(milliseconds{20});
  BOOST_TEST_REQUIRE(heard->size() == 2u);
  BOOST_TEST(heard->back().all.size() == 50u);
  BOOST_TEST(heard->back().missed == 1000u - 1 - 50);
  caf::anon_send(slow, caf::ok_atom_v);
  run();
}

BOOST_AUTO_TEST_CASE(a_flood_of_dead_letters_is_told_in_part_and_counted) {
  line("ab");
  auto far = at('b').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  run_for(milliseconds{100});
  auto heard = watch('b');
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  for (int i = 0; i < 10'000; ++i)
    caf::anon_send(handle, 1.5);
  run_for(milliseconds{100});
  BOOST_TEST(heard->all.size() >= 256u);
  BOOST_TEST(heard->all.size() < 2'000u);
  BOOST_TEST(heard->all.size() + heard->missed == 10'000u);
  BOOST_TEST((counts('b') == reasons{{"ended", 10'000}}));
}

// -- messages that are lost on their way

// In the line a - b - c, the connection between `b` and `c` breaks for about
// 200 ms.
BOOST_AUTO_TEST_CASE(
  a_lost_request_and_a_lost_answer_are_told_apart_once_the_gap_is_seen) {
  line("abc");
  auto far = at('c').publish(slow_answers);
  auto handle = at('a').handle_of(far);
  auto carried_out = ask('a', handle, 2);
  run_for(milliseconds{100});
  cut('b', 'c');
  caf::anon_send(far, std::string{"answer"});
  auto not_carried_out = ask('a', handle, 1);
  run();
  BOOST_TEST(carried_out->is_open);
  BOOST_TEST(not_carried_out->is_open);
  run_for(seconds{2});
  BOOST_TEST(is(not_carried_out->why, errc::lost),
             describe(not_carried_out->why));
  BOOST_TEST(is(carried_out->why, errc::answer_lost),
             describe(carried_out->why));
  auto next = ask('a', handle, 1);
  run_for(milliseconds{100});
  BOOST_TEST(next->value.has_value(), describe(next->why));
}

// In the line a - b - c, the second request is lost after `b` has delegated it
// to `c`.
BOOST_AUTO_TEST_CASE(a_requester_hears_that_its_delegated_request_was_lost) {
  line("abc");
  auto far = at('c').publish(slow_answers);
  auto to_far = at('b').handle_of(far);
  auto delegate = at('b').publish(delegate_to(to_far));
  auto handle = at('a').handle_of(delegate);
  auto first = ask('a', handle, 1);
  run_for(milliseconds{100});
  BOOST_TEST(first->value.has_value(), describe(first->why));
  cut('b', 'c');
  auto second = ask('a', handle, 1);
  run();
  BOOST_TEST(second->is_open);
  run_for(seconds{2});
  BOOST_TEST(is(second->why, errc::lost), describe(second->why));
}

BOOST_AUTO_TEST_CASE(lost_messages_are_told_and_give_their_credit_back) {
  actor_settings config;
  config.actor_window = 50'000;
  const auto [far, handle, heard] = ask_in_a_line(config);
  cut('b', 'c');
  for (int i = 0; i < 4; ++i)
    caf::anon_send(handle, std::string(10'000, 'x'));
  run_for(seconds{2});
  BOOST_TEST((counts('a') == reasons{{"lost", 4}}));
  BOOST_TEST_REQUIRE(heard->all.size() == 4u);
  BOOST_TEST(is(heard->all[0].reason, errc::lost));
  BOOST_TEST((heard->all[0].to == address_of('c', far)));
  for (int i = 0; i < 4; ++i)
    caf::anon_send(handle, std::string(10'000, 'x'));
  run_for(milliseconds{100});
  BOOST_TEST((counts('a') == reasons{{"lost", 4}}));
}

BOOST_AUTO_TEST_CASE(exits_that_do_not_arrive_are_dead_letters) {
  const auto [far, handle, heard] = ask_in_a_line();
  cut('b', 'c');
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  run_for(seconds{2});
  BOOST_TEST((counts('a') == reasons{{"lost", 1}}));
  publish_homes("c");
  run_for(milliseconds{100});
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST((counts('a') == reasons{{"left", 1}, {"lost", 1}}));
  BOOST_TEST_REQUIRE(heard->all.size() == 2u);
  for (const auto& x : heard->all)
    BOOST_TEST((x.to == address_of('c', far)), to_string(x.to));
}

BOOST_AUTO_TEST_CASE(messages_whose_fate_is_unknown_are_told_as_unreachable) {
  const auto [far, handle, heard] = ask_in_a_line();
  net().unplug(host_of('b'), host_of('c'));
  for (int i = 0; i < 3; ++i)
    caf::anon_send(handle, 1.5);
  run_for(seconds{13});
  BOOST_TEST((counts('a') == reasons{{"unreachable", 3}}));
  BOOST_TEST_REQUIRE(heard->all.size() == 3u);
  BOOST_TEST(is(heard->all[0].reason, errc::unreachable));
  net().plug(host_of('b'), host_of('c'));
  run_for(seconds{2});
}

BOOST_AUTO_TEST_SUITE_END()
