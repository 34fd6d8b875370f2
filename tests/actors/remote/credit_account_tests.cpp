#include "actors/remote/credit_account.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of the credit that a peer gets back for messages that actors have
// processed.
namespace {

constexpr remote::message_cost small(std::uint64_t bytes) {
  return {bytes, false};
}

constexpr remote::message_cost large(std::uint64_t bytes) {
  return {bytes, true};
}

struct fixture {
  // Simulates a message that arrives, waits in the mailbox of `receiver`, and
  // leaves it.
  void pass(caf::actor_id receiver, remote::message_cost cost) {
    account.arrived(cost);
    auto credit = account.of(receiver);
    BOOST_TEST(credit->hold(cost, 1000));
    credit->processed(cost);
  }
  std::uint64_t due_to(caf::actor_id receiver, bool is_large) {
    std::uint64_t result = 0;
    for (const auto& [id, cost] : account.take_due())
      if (id == receiver && cost.is_large == is_large)
        result += cost.bytes;
    return result;
  }

  unprocessed_costs costs{actor_settings{}};
  unprocessed_cost_ptr unprocessed = costs.of(peer_name::from_number(1));
  credit_account account{{}, 1000, 400, unprocessed};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(credit_account_tests, fixture)

BOOST_AUTO_TEST_CASE(credit_is_due_after_a_quarter_of_the_actor_window) {
  pass(1, small(99));
  BOOST_TEST(due_to(1, false) == 0u);
  pass(1, small(1));
  pass(2, small(99));
  BOOST_TEST(due_to(1, false) == 100u);
  BOOST_TEST(due_to(1, false) == 0u);
  BOOST_TEST(account.total() == 199u);
}

BOOST_AUTO_TEST_CASE(credit_for_large_messages_is_always_due) {
  pass(1, large(7));
  account.of(1)->count_undelivered(3);
  BOOST_TEST(due_to(1, true) == 10u);
  BOOST_TEST(due_to(1, true) == 0u);
  BOOST_TEST(account.large_total() == 7u);
}

BOOST_AUTO_TEST_CASE(a_mailbox_holds_as_much_as_is_allowed_over_all_sessions) {
  auto first = account.of(1);
  BOOST_TEST(first->hold(small(60), 10)); // nothing waits
  credit_account next{{}, 1000, 400, unprocessed};
  BOOST_TEST(!next.of(1)->hold(small(41), 100));
  BOOST_TEST(next.of(1)->hold(small(40), 100));
  BOOST_TEST(next.of(2)->hold(small(200), 100)); // another mailbox
  account.arrived(small(60));
  first->processed(small(60));
  BOOST_TEST(next.of(1)->hold(small(60), 100));
  BOOST_TEST(!next.of(1)->hold(small(1), 100));
}

BOOST_AUTO_TEST_CASE(what_is_refused_counts_as_processed_but_not_as_held) {
  account.arrived(small(100));
  BOOST_TEST(account.of(1)->hold(small(50), 60));
  BOOST_TEST(!account.of(1)->hold(small(100), 60));
  account.of(1)->refused(small(100));
  BOOST_TEST(due_to(1, false) == 100u);
  BOOST_TEST(!account.of(1)->hold(small(11), 60));
  BOOST_TEST(account.unprocessed().small.taken() == 0u);
}

BOOST_AUTO_TEST_CASE(a_message_in_a_mailbox_survives_its_account) {
  auto cost = small(10);
  receiver_credit_ptr credit;
  {
    credit_account ended{{}, 1000, 400, unprocessed};
    ended.arrived(cost);
    credit = ended.of(1);
    BOOST_TEST(credit->hold(cost, 100));
  }
  BOOST_TEST(unprocessed->small.taken() == 10u);
  credit->processed(cost);
  BOOST_TEST(unprocessed->small.taken() == 0u);
}

BOOST_AUTO_TEST_CASE(what_waits_is_credited_after_the_peer_released_the_actor) {
  account.arrived(small(100));
  auto waiting = account.of(1);
  BOOST_TEST(waiting->hold(small(100), 1000));
  account.forget(1);
  waiting->processed(small(100));
  waiting.reset();
  BOOST_TEST(due_to(1, false) == 100u);
}

BOOST_AUTO_TEST_CASE(credit_that_is_not_due_yet_survives_a_release) {
  pass(1, small(60));
  account.forget(1);
  pass(1, small(40));
  BOOST_TEST(due_to(1, false) == 100u);
}

BOOST_AUTO_TEST_CASE(each_actor_with_due_credit_is_found_again_and_again) {
  for (int round = 0; round < 3; ++round) {
    pass(1, small(60));
    pass(2, small(100));
    pass(2, small(100));
    pass(3, large(5));
    account.of(4)->count_undelivered(7);
    auto due = account.take_due();
    std::sort(due.begin(), due.end(),
              [](const auto& x, const auto& y) { return x.first < y.first; });
    BOOST_TEST_REQUIRE(due.size() == (round % 2 == 0 ? 3u : 4u));
    BOOST_TEST(due[due.size() - 3].second.bytes == 200u);
    BOOST_TEST(due[due.size() - 2].second.bytes == 5u);
    BOOST_TEST(due[due.size() - 1].second.bytes == 7u);
    if (due.size() == 4)
      BOOST_TEST(due[0].second.bytes == 120u);
  }
}

// If each return of credit took a step for each known actor, this test would
// take minutes.
BOOST_AUTO_TEST_CASE(credit_is_returned_in_time_whatever_actors_are_known) {
  constexpr caf::actor_id count = 100'000;
  for (caf::actor_id id = 1; id <= count; ++id)
    pass(id, small(1));
  std::uint64_t returned = 0;
  for (caf::actor_id id = 1; id <= count; ++id) {
    pass(id, large(1));
    for (const auto& x : account.take_due())
      returned += x.second.bytes;
  }
  BOOST_TEST(returned == count);
}

BOOST_AUTO_TEST_CASE(ended_actors_are_forgotten_without_a_release) {
  credit_account with_ends{{}, 1000, 400, unprocessed, [](caf::actor_id id) {
                             return id <= 2;
                           }};
  auto waits = with_ends.of(1000);
  for (caf::actor_id id = 1; id <= 100; ++id) {
    with_ends.arrived(small(10));
    with_ends.of(id)->refused(small(10));
    BOOST_TEST(with_ends.receivers() <= 24u);
  }
  with_ends.forget_unused();
  BOOST_TEST(with_ends.receivers() == 3u); // actors 1, 2 and 1000
  waits.reset();
  with_ends.forget_unused();
  BOOST_TEST(with_ends.receivers() == 2u);
}

BOOST_AUTO_TEST_CASE(responses_count_only_for_the_session) {
  account.arrived(small(300));
  account.processed(small(300));
  BOOST_TEST(account.take_due().empty());
  BOOST_TEST(account.total() == 300u);
}

BOOST_AUTO_TEST_SUITE_END()
