#include "actors/core/remote/closing_queue.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/remote/closing_message.hpp"
#include "actors/core/remote/closing_quota.hpp"
#include <cafmesh/bytes.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of the reports of closed connections: when they are sent, and their
// bytes.
namespace {

struct fixture {
  static closing of(unsigned peer) {
    return {peer_name::from_number(peer), peer_uid{peer * 100}};
  }

  std::size_t wait(duration time) {
    now += time;
    return queue.take_due(now).size();
  }

  instant now = instant{} + 24h;
  remote::closing_queue queue{now};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(closing_queue_tests, fixture)

BOOST_AUTO_TEST_CASE(closings_within_a_moment_are_sent_together_and_twice) {
  BOOST_TEST(!queue.due_at());
  queue.add(of(1), now);
  BOOST_TEST((queue.due_at() == now + 10ms));
  BOOST_TEST(wait(9ms) == 0u);
  queue.add(of(2), now);
  BOOST_TEST(wait(1ms) == 2u);
  BOOST_TEST((queue.due_at() == now + 150ms));
  BOOST_TEST(wait(149ms) == 0u);
  BOOST_TEST(wait(1ms) == 2u);
  BOOST_TEST(!queue.due_at());
  BOOST_TEST(wait(1h) == 0u);
}

BOOST_AUTO_TEST_CASE(a_peer_whose_connections_flap_sends_few_messages) {
  unsigned messages = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    queue.add(of(i), now);
    if (wait(10ms) > 0)
      ++messages;
  }
  // In 10 s, 28 messages with new closings are allowed: a burst of 8, and 20
  // more. Each closing is sent a second time, sometimes together with new ones.
  BOOST_TEST(messages <= 2u * 28u);
  BOOST_TEST(messages >= 28u);
}

BOOST_AUTO_TEST_CASE(a_message_has_a_limited_number_of_closings) {
  for (unsigned i = 0; i < 1000; ++i)
    queue.add(of(i), now);
  BOOST_TEST(wait(10ms) == remote::closing_queue::most);
}

BOOST_AUTO_TEST_CASE(each_closing_is_repeated_at_its_own_time) {
  queue.add(of(1), now);
  BOOST_TEST(wait(10ms) == 1u);
  now += 100ms;
  queue.add(of(2), now);
  BOOST_TEST(wait(10ms) == 1u);
  BOOST_TEST(wait(40ms) == 1u);
  BOOST_TEST((queue.due_at() == now + 110ms));
  BOOST_TEST(wait(109ms) == 0u);
  BOOST_TEST(wait(1ms) == 1u);
}

BOOST_AUTO_TEST_CASE(a_withdrawn_closing_is_not_sent) {
  queue.add(of(1), now);
  queue.remove(of(1));
  BOOST_TEST(!queue.due_at());
  queue.add(of(1), now);
  queue.add(of(2), now);
  BOOST_TEST(wait(10ms) == 2u);
  queue.remove({of(1).peer, peer_uid{1}});
  queue.remove(of(2));
  BOOST_TEST(wait(150ms) == 1u);
}

// -- the quota of receivers

BOOST_AUTO_TEST_CASE(a_receiver_reads_as_many_as_a_peer_sends) {
  remote::closing_quota quota;
  const auto who = peer_name::from_number(1);
  for (unsigned i = 0; i < 1000; ++i) {
    queue.add(of(i), now);
    if (wait(10ms) > 0)
      BOOST_TEST(quota.take(who, now));
  }
}

BOOST_AUTO_TEST_CASE(a_receiver_ignores_most_of_a_flood) {
  remote::closing_quota quota;
  const auto who = peer_name::from_number(1);
  unsigned read = 0;
  for (unsigned i = 0; i < 1000; ++i, now += 10ms)
    read += quota.take(who, now) ? 1 : 0;
  BOOST_TEST(read <= 16u + 40u);
  BOOST_TEST(quota.take(peer_name::from_number(2), now));
}

BOOST_AUTO_TEST_CASE(a_receiver_remembers_a_limited_number_of_peers) {
  remote::closing_quota quota;
  const auto most = remote::closing_quota::most_peers;
  for (unsigned i = 1; i <= most; ++i)
    BOOST_REQUIRE(quota.take(peer_name::from_number(i), now));
  BOOST_TEST(!quota.take(peer_name::from_number(most + 1), now));
  now += remote::closing_quota::interval;
  BOOST_TEST(quota.take(peer_name::from_number(most + 1), now));
}

// -- messages

BOOST_AUTO_TEST_CASE(the_bytes_of_a_message_are_these) {
  BOOST_TEST(to_hex(remote::closing_message(300, {of(1), of(2)}))
             == "01ac02"
                "000000000001"
                "0000000000000064"
                "000000000002"
                "00000000000000c8");
}

BOOST_AUTO_TEST_CASE(a_message_is_read_as_it_was_written) {
  auto all = remote::read_closing_message(
    remote::closing_message(1, {of(1), of(2)}), name_flavour::mac);
  BOOST_REQUIRE(!!all);
  BOOST_REQUIRE(all->size() == 2u);
  BOOST_TEST(((*all)[1].peer == of(2).peer));
  BOOST_TEST(((*all)[1].uid == of(2).uid));
}

BOOST_AUTO_TEST_CASE(malformed_messages_are_refused) {
  auto reads = [](byte_view from) {
    return !!remote::read_closing_message(from, name_flavour::mac);
  };
  auto good = remote::closing_message(1, {of(1)});
  BOOST_TEST(reads(good));
  for (std::size_t size = 0; size < good.size(); ++size)
    BOOST_TEST(!reads(byte_view{good}.sub(0, size)), size);
  auto later = good;
  later[0] = 2;
  BOOST_TEST(!reads(later));
  auto longer = good;
  longer.push_back(0);
  BOOST_TEST(!reads(longer));
  auto hash = remote::read_closing_message(good, name_flavour::hash);
  BOOST_TEST(!hash);
  std::vector<closing> many(remote::max_closings, of(1));
  BOOST_TEST(reads(remote::closing_message(1, many)));
  many.push_back(of(1));
  BOOST_TEST(!reads(remote::closing_message(1, many)));
}

BOOST_AUTO_TEST_SUITE_END()
