#include <utility>

#include "tests/actors/node/contests.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a second connection to a peer that is connected already. The
// strangers are honest peers that come back or dial twice, or impostors that
// use an honest peer's name.

BOOST_FIXTURE_TEST_SUITE(connection_contests_tests, contests)

BOOST_AUTO_TEST_CASE(
  a_peer_whose_old_connection_is_dead_is_back_within_two_seconds) {
  for (auto half : halves()) {
    add('a');
    stranger first{*this, at('a')};
    first.introduce();
    net().unplug(first.host(), at('a').host());
    stranger second{*this, at('a'), again(half)};
    second.introduce();
    BOOST_TEST(!is_from_elsewhere('s', 'a'));
    run_for(seconds{2});
    BOOST_TEST(is_from_elsewhere('s', 'a'));
    BOOST_TEST(!second.is_closed());
    BOOST_TEST(at('a').log().count({warning}) == 0u);
    net().plug(first.host(), at('a').host());
    at('a').stop();
  }
}

BOOST_AUTO_TEST_CASE(somebody_with_the_name_and_uid_of_a_neighbour_is_refused) {
  build("ab");
  const auto before = address_of('b', 'a');
  for (auto half : halves()) {
    auto as = again(half);
    as.letter = 'b';
    as.uid = at('a').record_of(at('b')).peer.uid;
    stranger poser{*this, at('a'), as};
    poser.introduce();
    run_for(seconds{4});
    poser.talk();
    BOOST_TEST(poser.is_closed());
    BOOST_TEST(address_of('b', 'a') == before);
    BOOST_TEST(all_know("a>b b>a"));
  }
  // At most one line per minute is logged about connections that waited in
  // vain.
  const auto lines = at('a').log().count({warning});
  BOOST_TEST(lines >= 1u);
  BOOST_TEST(lines <= 2u);
}

BOOST_AUTO_TEST_CASE(somebody_who_waits_gives_way_to_the_neighbour_s_host) {
  std::size_t won = 0;
  // A host may change the last half of its IPv6 address.
  const std::pair<std::string, std::string> addresses[] = {
    {"10.0.1.2", "10.0.1.2"}, {"fd00:0:0:1::1", "fd00:0:0:1::2"}};
  for (const auto& [old_one, new_one] : addresses)
    for (auto half : halves()) {
      add('a');
      stranger first{*this, at('a'), again(1, old_one)};
      first.introduce();
      stranger poser{*this, at('a'), again(half)};
      poser.talk();
      const auto poser_waited = !poser.is_closed();
      stranger second{*this, at('a'), again(half, new_one)};
      second.talk();
      // In some rounds, the tie-break has refused one of the new connections.
      if (poser_waited && !second.is_closed()) {
        first.hang_up();
        second.introduce();
        poser.talk();
        BOOST_TEST(poser.is_closed());
        BOOST_TEST(!second.is_closed());
        BOOST_TEST(!is_from_elsewhere('s', 'a'));
        BOOST_TEST(address_of('s', 'a') != "none");
        ++won;
      }
      at('a').stop();
    }
  BOOST_TEST(won > 0u);
}

// A stranger that poses as a peer has to wait. Meanwhile, further connections
// from other hosts in that peer's name are refused.
BOOST_AUTO_TEST_CASE(somebody_who_dials_all_the_time_ends_no_connection) {
  build("ab");
  const auto before = address_of('b', 'a');
  for (int i = 0; i < 100; ++i) {
    auto as = again(static_cast<std::uint64_t>(i) << 57);
    as.letter = 'b';
    as.uid = at('a').record_of(at('b')).peer.uid;
    stranger poser{*this, at('a'), as};
    poser.introduce();
    run_for(milliseconds{100});
  }
  run_for(seconds{5});
  BOOST_TEST(address_of('b', 'a') == before);
  BOOST_TEST(all_know("a>b b>a"));
}

// A peer that dials twice closes the connection that the tie-break does not
// favour.
BOOST_AUTO_TEST_CASE(channels_work_if_the_older_connection_loses) {
  std::size_t lost = 0;
  for (auto half : halves()) {
    add('a');
    stranger first{*this, at('a')};
    first.introduce();
    stranger second{*this, at('a'), again(half)};
    second.talk();
    const auto old_one_lost = !second.is_closed();
    lost += old_one_lost ? 1 : 0;
    if (old_one_lost)
      first.hang_up();
    auto& survivor = old_one_lost ? second : first;
    survivor.introduce();
    BOOST_TEST(is_from_elsewhere('s', 'a') == old_one_lost);
    at('a').broadcast("chan", "word");
    survivor.talk();
    BOOST_TEST(survivor.count("chan") == 1u);
    BOOST_TEST(at('a').log().count({warning}) == 0u);
    at('a').stop();
  }
  BOOST_TEST(lost > 0u);
  BOOST_TEST(lost < halves().size());
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(peers_behind_a_connection_that_is_replaced_stay_known) {
  build("ab");
  stranger first{*this, at('a')};
  first.introduce();
  const auto behind = peer_name::from_number('x');
  const peer_record own{
    {first.name(), "s", peer_uid{4711}, 10, std::nullopt},
    {{at('a').name(), "", true, true}, {behind, "", true, true}}};
  const peer_record other{{behind, "x", peer_uid{7}, 1, std::nullopt},
                          {{first.name(), "", true, true}}};
  first.send_topology({own, other});
  run_for(seconds{2});
  for (auto half : halves()) {
    stranger second{*this, at('a'), again(half)};
    second.talk();
    if (second.is_closed())
      continue;
    first.hang_up();
    second.introduce();
    run_for(seconds{2});
    BOOST_TEST(is_from_elsewhere('s', 'a'));
    BOOST_TEST(all_know("a>b a>s b>a s>a s>x x>s"));
    BOOST_TEST(at('b').log().count({"out of reach"}) == 0u);
    return;
  }
  BOOST_TEST(false, "no connection was favoured");
}

BOOST_AUTO_TEST_SUITE_END()
