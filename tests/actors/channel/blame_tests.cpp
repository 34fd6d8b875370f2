#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/record_limits.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of messages that the receiving application refuses. The connection
// closes only if the neighbour itself made the message. In the drawings, `s` is
// a scripted peer.
namespace {

struct blamed : mesh {
  void queue(stranger& s, wire::message_tag tag, const std::string& channel,
             std::string_view data, peer_name from, peer_name to = {}) {
    outgoing x;
    x.tag = tag;
    x.source = from;
    x.destination = to;
    x.data = text_payload(data);
    s.queue(x, channel);
  }
  std::uint64_t refused(char letter) {
    return at(letter).figures("chan").refused;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(blame_tests, blamed)

BOOST_AUTO_TEST_CASE(a_refused_unicast_of_a_neighbour_closes_its_connection) {
  add('a').recorded("chan").reject = true;
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::unicast, "chan", "nonsense", at('a').name());
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').log().has("rejects everything"));
  BOOST_TEST(refused('a') == 1u);
}

BOOST_AUTO_TEST_CASE(gossip_and_broadcasts_that_are_refused_close_nothing) {
  add('a').recorded("chan").reject = true;
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::gossip, "chan", "nonsense");
  s.send(wire::message_tag::broadcast, "chan", "nonsense");
  BOOST_TEST(!s.is_closed());
  BOOST_TEST(refused('a') == 2u);
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(a_refused_unicast_that_was_relayed_closes_nothing) {
  build("ab");
  at('b').recorded("chan").reject = true;
  stranger s{*this, at('a')};
  s.introduce();
  for (auto channel : {"chan", "topology"}) {
    s.send(wire::message_tag::unicast, channel, "nonsense", at('b').name());
    BOOST_TEST(at('b').figures(channel).refused == 1u, channel);
  }
  BOOST_TEST(at('b').degree() == 1u);
  BOOST_TEST(at('b').log().count({"closed"}) == 0u, at('b').log().all());
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(junk_for_two_minutes_does_not_part_two_honest_peers) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 240; ++i) {
    s.send(wire::message_tag::unicast, "topology", "hi", at('b').name());
    s.queue_heartbeat();
    run_for(milliseconds{500});
  }
  BOOST_TEST(at('b').log().count({"closed"}) == 0u);
  // Refusals are logged at most once a minute, and the junk lasts two minutes.
  auto lines = at('b').log().count({"topology", "refused"});
  BOOST_TEST(lines >= 2u);
  BOOST_TEST(lines <= 3u);
  BOOST_TEST(at('b').log().has("more left out"));
}

//   s --- b --- a --- c --- t
BOOST_AUTO_TEST_CASE(refusals_are_logged_for_each_channel_and_neighbour) {
  build("ab ac");
  at('a').recorded("chan").reject = true;
  stranger::options second;
  second.letter = 't';
  stranger s{*this, at('b')}, t{*this, at('c'), second};
  s.introduce();
  t.introduce();
  for (int i = 0; i < 3; ++i)
    for (auto* x : {&s, &t})
      for (auto channel : {"chan", "topology"})
        x->send(wire::message_tag::unicast, channel, "junk", at('a').name());
  for (auto who : {'b', 'c'})
    for (auto channel : {"'chan'", "'topology'"})
      BOOST_TEST(at('a').log().count(
                   {channel, "refused", "through " + at(who).name().str()})
                   == 1u,
                 at('a').log().all());
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(a_forger_cannot_make_a_relay_look_like_the_source) {
  build("ab");
  at('b').recorded("chan").reject = true;
  stranger s{*this, at('a')};
  s.introduce();
  queue(s, wire::message_tag::unicast, "chan", "forged", at('a').name(),
        at('b').name());
  s.talk();
  BOOST_TEST(at('b').recorded("chan").unicasts.empty());
  BOOST_TEST(at('a').figures("chan").unicasts_dropped == 1u);
  BOOST_TEST(at('b').log().count({"closed"}) == 0u);
}

// The gossiper refuses the batch as a whole, so the node cannot tell which of
// the two unicasts was bad.
BOOST_AUTO_TEST_CASE(a_batch_with_a_unicast_of_another_peer_closes_nothing) {
  add('a').recorded("chan").reject = true;
  stranger s{*this, at('a')};
  s.introduce();
  queue(s, wire::message_tag::unicast, "chan", "own", s.name(), at('a').name());
  queue(s, wire::message_tag::unicast, "chan", "relayed",
        peer_name::from_number('x'), at('a').name());
  s.talk();
  BOOST_TEST(at('a').recorded("chan").unicasts.size() == 2u);
  BOOST_TEST(!s.is_closed());
}

// Every node decodes topology records and encodes them anew before it sends
// them on. So the neighbour itself made these bytes.
BOOST_AUTO_TEST_CASE(records_that_do_not_decode_close_the_connection) {
  for (auto tag : {wire::message_tag::gossip, wire::message_tag::broadcast}) {
    add('a');
    stranger s{*this, at('a')};
    s.introduce();
    s.send(tag, "topology", "no gob stream at all");
    BOOST_TEST(s.is_closed());
    at('a').stop();
  }
}

// An honest Go peer may send such records, because it passes on records that
// others made up.
//     s --- a --- b
BOOST_AUTO_TEST_CASE(an_impossible_version_closes_nothing_and_goes_no_further) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  const auto made_up = peer_name::from_number('x');
  const auto later = std::chrono::system_clock::now() + std::chrono::hours{1};
  const auto too_high = record_limits::max_version(later);
  const peer_record own{
    {s.name(), "s", peer_uid{4711}, 10, std::nullopt},
    {{at('a').name(), "", true, true}, {made_up, "", true, true}}};
  auto spoilt = own;
  spoilt.peer.version = too_high;
  const peer_record other{{made_up, "x", peer_uid{7}, too_high, std::nullopt},
                          {{s.name(), "", true, true}}};
  s.send_topology({spoilt, other});
  s.send_topology({own, other});
  run_for(seconds{2});
  BOOST_TEST(!s.is_closed());
  for (char who : {'a', 'b'}) {
    BOOST_TEST(at(who).topology() == "a>b a>s b>a s>a s>x");
    BOOST_TEST(at(who).log().count({"closed"}) == 0u);
  }
  BOOST_TEST(at('a').log().count({"ignored"}) > 0u);
  BOOST_TEST(at('b').log().count({"ignored"}) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
