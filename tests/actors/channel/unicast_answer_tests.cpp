#include "tests/support/mesh.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "crypto/frames/sealed_stream.hpp"
#include "messages/wire/envelope.hpp"
#include "messages/wire/frame.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how a sender learns whether a unicast failed: from the answer if the
// unicast was a request, and otherwise only from the node's figures.
namespace {

constexpr std::size_t kib = 1024;

struct asking : mesh {
  reply_ptr<void> send(char from, char to, std::string_view data) {
    return at(from).unicast("chan", at(to), data);
  }
  reply_ptr<void> send_to_nobody(char from) {
    return at(from).unicast("chan", peer_name::from_number(7), "hello");
  }
  void send_unasked(char from, peer_name to, std::string_view data) {
    caf::anon_send(at(from).channel("chan"), unicast{to, text_payload(data)});
    run();
  }
  channel_status figures(char letter) {
    auto asked =
      ask<channel_status>(at(letter).channel("chan"), get_channel_status{});
    BOOST_TEST_REQUIRE(asked.value.has_value());
    return *asked.value;
  }
  /// Blocks the link and sends 40 messages, more than the connection and the
  /// link hold.
  /// @returns the answers. The last one has not arrived yet.
  std::vector<reply_ptr<void>> clog(char from, char to) {
    net().block(at(from).host(), at(to).host());
    std::vector<reply_ptr<void>> result;
    for (int i = 0; i < 40; ++i)
      result.push_back(send(from, to, std::string(64 * kib, 'x')));
    BOOST_TEST_REQUIRE(result.back()->is_open);
    return result;
  }
};

void check(const reply_ptr<void>& sent, errc expected) {
  BOOST_TEST(!sent->is_open);
  BOOST_TEST(is(sent->why, expected), describe(sent->why));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(unicast_answer_tests, asking)

BOOST_AUTO_TEST_CASE(a_unicast_that_the_connection_took_succeeds) {
  build("ab");
  auto sent = send('a', 'b', "hello");
  BOOST_TEST(!sent->is_open);
  BOOST_TEST(!sent->why);
  BOOST_TEST(figures('a').unicasts_sent == 1u);
  BOOST_TEST(figures('a').unicasts_dropped == 0u);
}

BOOST_AUTO_TEST_CASE(a_unicast_to_ourselves_needs_no_connection) {
  add('a');
  auto sent = send('a', 'a', "hello");
  BOOST_TEST((!sent->is_open && !sent->why));
  BOOST_TEST(at('a').recorded("chan").unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_unicast_to_an_unknown_peer_fails_with_no_route) {
  build("ab");
  check(send_to_nobody('a'), errc::no_route);
}

BOOST_AUTO_TEST_CASE(waiting_unicasts_fail_if_their_connection_ends) {
  build("ab");
  auto sent = clog('a', 'b');
  net().cut(at('a').host(), at('b').host());
  run();
  check(sent.back(), errc::no_connection);
}

// The connection has just ended, but the channel may not know this yet.
BOOST_AUTO_TEST_CASE(a_unicast_fails_if_the_connection_ends_as_it_is_sent) {
  build("ab");
  auto channel = at('a').channel("chan");
  net().cut(at('a').host(), at('b').host());
  auto sent = ask_later<void>(system(), channel,
                              unicast{at('b').name(), text_payload("hello")});
  run();
  BOOST_TEST(!sent->is_open);
  BOOST_TEST(
    (is(sent->why, errc::no_connection) || is(sent->why, errc::no_route)),
    describe(sent->why));
}

BOOST_AUTO_TEST_CASE(a_unicast_too_large_for_a_frame_fails) {
  build("ab");
  check(send('a', 'b', std::string(wire::max_frame_size, 'x')),
        errc::too_large);
}

BOOST_AUTO_TEST_CASE(a_unicast_may_fill_a_frame_and_no_more) {
  build("ab");
  auto size_of = [this](std::size_t data) {
    return wire::message_size(wire::message_tag::unicast, "chan",
                              at('a').name(), at('b').name(), data);
  };
  constexpr auto limit = wire::max_frame_size - crypto::seal_overhead;
  const auto most = limit - (size_of(limit) - limit);
  BOOST_TEST_REQUIRE(size_of(most) == limit);
  auto sent = send('a', 'b', std::string(most, 'x'));
  BOOST_TEST((!sent->is_open && !sent->why));
  check(send('a', 'b', std::string(most + 1, 'x')), errc::too_large);
}

BOOST_AUTO_TEST_CASE(a_unicast_to_a_stuck_neighbour_fails_as_congested) {
  build("ab");
  auto sent = clog('a', 'b');
  run_for(seconds{2});
  check(sent.back(), errc::congested);
}

BOOST_AUTO_TEST_CASE(a_waiting_unicast_fails_if_the_node_stops) {
  add('a');
  auto& us = at('a');
  us.recorded("chan").hold = true;
  auto sent = send('a', 'a', "hello");
  BOOST_TEST(sent->is_open);
  us.stop();
  check(sent, errc::stopped);
}

BOOST_AUTO_TEST_CASE(a_unicast_that_a_stop_overtakes_fails) {
  build("ab");
  auto channel = at('a').channel("chan");
  caf::scoped_actor self{system()};
  auto sent = self->request(channel, caf::infinite,
                            unicast{at('b').name(), text_payload("hello")});
  caf::anon_send_exit(channel, caf::exit_reason::user_shutdown);
  run();
  std::string answer = "handed over";
  std::move(sent).receive(
    [] {}, [&](const caf::error& why) { answer = describe(why); });
  BOOST_TEST(answer == "stopped: the node stops");
}

// The channel has ended, so CAF itself answers the request.
BOOST_AUTO_TEST_CASE(a_unicast_fails_once_the_node_has_ended) {
  add('a');
  auto channel = at('a').channel("chan");
  auto name = at('a').name();
  at('a').stop();
  auto sent =
    ask_later<void>(system(), channel, unicast{name, text_payload("hello")});
  run();
  BOOST_TEST(!sent->is_open);
  BOOST_TEST((sent->why == caf::sec::request_receiver_down),
             describe(sent->why));
  check(sent, errc::stopped);
}

// -- without a request

BOOST_AUTO_TEST_CASE(a_unicast_without_a_route_is_counted) {
  build("ab");
  send_unasked('a', peer_name::from_number(7), "hello");
  BOOST_TEST(figures('a').unicasts_dropped == 1u);
  BOOST_TEST(figures('a').unicasts_sent == 0u);
}

BOOST_AUTO_TEST_CASE(a_unicast_that_is_too_large_is_counted) {
  build("ab");
  send_unasked('a', at('b').name(), std::string(wire::max_frame_size, 'x'));
  BOOST_TEST(figures('a').unicasts_dropped == 1u);
}

BOOST_AUTO_TEST_CASE(unicasts_lost_with_their_connection_are_counted) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 40; ++i)
    send_unasked('a', at('b').name(), std::string(64 * kib, 'x'));
  BOOST_TEST(figures('a').unicasts_dropped == 0u);
  net().cut(at('a').host(), at('b').host());
  run();
  BOOST_TEST(figures('a').unicasts_dropped > 0u);
  // Unicasts that the connection took before it ended are not counted.
  BOOST_TEST(figures('a').unicasts_dropped < 40u);
}

BOOST_AUTO_TEST_CASE(
  a_failed_unicast_that_is_not_a_request_does_not_end_an_actor) {
  build("ab");
  send_unasked('a', peer_name::from_number(7), "hello");
  send_unasked('a', at('b').name(), std::string(wire::max_frame_size, 'x'));
  send_unasked('a', at('b').name(), "hello");
  BOOST_TEST(at('b').recorded("chan").unicasts.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
