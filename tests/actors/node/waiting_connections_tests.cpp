#include <algorithm>
#include <memory>

#include "actors/core/mesh/waiting_places.hpp"
#include "tests/actors/node/contests.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

/// A node `a` and its neighbour `s`, whose hosts cannot reach each other until
/// `plug`.
struct cut_off {
  explicit cut_off(contests& x, const stranger::options& as = {})
      : world(x), first(x, x.add('a'), as) {
    first.introduce();
    before = world.address_of('s', 'a');
    world.net().unplug(first.host(), world.at('a').host());
  }

  void plug(const stranger& x) {
    world.net().plug(x.host(), world.at('a').host());
  }
  void check_that_first_stays() {
    first.talk();
    BOOST_TEST(!first.is_closed());
    BOOST_TEST(world.address_of('s', 'a') == before);
  }

  contests& world;
  stranger first;
  std::string before;
};

} // namespace

// Tests of connections that wait until another connection to a peer of the same
// name ends: what the waiting connections may cause, and which of them is
// admitted.

BOOST_FIXTURE_TEST_SUITE(waiting_connections_tests, contests)

// A living host may seem dead because its round trip is long or because many
// packets are lost.
BOOST_AUTO_TEST_CASE(a_link_that_only_seems_dead_stays) {
  net().doubt_deaths();
  cut_off link{*this};
  stranger second{*this, at('a'), another_life()};
  second.introduce();
  run_for(seconds{15});
  second.talk();
  BOOST_TEST(second.is_closed());
  link.plug(link.first);
  link.check_that_first_stays();
  BOOST_TEST(at('a').log().count({warning}) == 0u);
}

BOOST_AUTO_TEST_CASE(who_does_not_stay_closes_no_other_connection) {
  for (auto says_so : {true, false}) {
    cut_off link{*this};
    stranger second{*this, at('a'), another_life()};
    second.introduce();
    run_for(milliseconds{500});
    if (says_so)
      second.hang_up();
    else
      net().unplug(second.host(), at('a').host());
    run_for(seconds{5});
    link.plug(link.first);
    link.plug(second);
    link.check_that_first_stays();
    at('a').stop();
  }
}

// The host of the existing connection is known to be dead. `poser` is probed
// and does not answer, but must not keep `life` out.
BOOST_AUTO_TEST_CASE(who_does_not_answer_keeps_nobody_out) {
  const std::string old_host = "fd00:0:0:1::1";
  // The second address is in the same /64 as the old host, so `life` is probed
  // immediately instead of after `poser`.
  for (const std::string host : {"10.0.1.2", "fd00:0:0:1::2"}) {
    cut_off link{*this, again(1, old_host)};
    stranger poser{*this, at('a'), another_life()};
    poser.talk();
    net().block(poser.host(), at('a').host());
    run_for(milliseconds{1200});
    auto as = another_life(host);
    as.uid = peer_uid{4713};
    stranger life{*this, at('a'), as};
    life.talk();
    run_for(milliseconds{host == "10.0.1.2" ? 2200 : 100});
    life.talk();
    BOOST_TEST(is_from(host, 's', 'a'));
    BOOST_TEST(at('a').log().count({warning}) == 0u);
    link.plug(link.first);
    link.plug(poser);
    at('a').stop();
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_recovers_before_the_other_answers_stays) {
  cut_off link{*this};
  stranger second{*this, at('a'), another_life()};
  second.talk();
  net().block(second.host(), at('a').host());
  run_for(milliseconds{1200});
  link.plug(link.first);
  link.plug(second);
  run_for(seconds{3});
  link.check_that_first_stays();
}

// A connection whose wait is over keeps its place while it is being probed.
BOOST_AUTO_TEST_CASE(silent_ones_take_no_more_places_than_others) {
  add('a');
  stranger first{*this, at('a')};
  first.introduce();
  std::vector<std::unique_ptr<stranger>> posers;
  std::size_t most = 0;
  for (int i = 1; i <= 40; ++i) {
    posers.push_back(std::make_unique<stranger>(
      *this, at('a'), another_life("10.0.2." + std::to_string(i))));
    posers.back()->talk();
    net().block(posers.back()->host(), at('a').host());
    run_for(milliseconds{400});
    most = std::max(most, at('a').parts("connection").size());
  }
  BOOST_TEST(most == 1 + waiting_places::most);
  BOOST_TEST(!first.is_closed());
}

// If many packets are lost, each probe adds to the risk that a living host
// seems dead.
BOOST_AUTO_TEST_CASE(a_host_that_has_answered_is_not_asked_again_at_once) {
  add('a');
  stranger first{*this, at('a')};
  first.introduce();
  const auto before = first.heartbeats();
  for (int i = 0; i < 50; ++i) {
    stranger poser{*this, at('a'), another_life()};
    poser.talk();
    run_for(milliseconds{100});
  }
  first.talk();
  BOOST_TEST(first.heartbeats() > before);
  BOOST_TEST(first.heartbeats() <= before + 6u);
}

BOOST_AUTO_TEST_CASE(who_closes_at_its_admission_is_said_to_wait_for_nobody) {
  add('a');
  for (int steps = 0; steps < 6; ++steps) {
    stranger x{*this, at('a')};
    for (int i = 0; i < steps; ++i)
      x.step();
    x.put();
    x.end_writing();
    run();
  }
  BOOST_TEST(at('a').log().count({"closed"}) > 0u);
  BOOST_TEST(at('a').log().count({"did not wait"}) == 0u);
  stranger first{*this, at('a')};
  first.introduce();
  stranger second{*this, at('a'), another_life()};
  second.talk();
  second.hang_up();
  run();
  BOOST_TEST(at('a').log().count({"did not wait"}) == 1u);
}

BOOST_AUTO_TEST_CASE(probes_do_not_count_as_frequent_heartbeats) {
  auto rare = settings_for('a');
  rare.heartbeat_interval = seconds{25};
  auto quick = settings_for('b');
  quick.heartbeat_interval = seconds{1};
  quick.gossip_interval = rare.gossip_interval = minutes{10};
  add('a', rare);
  add('b', quick).connect_to(at('a'));
  run_for(seconds{2});
  const auto before = address_of('b', 'a');
  for (int i = 0; i < 30; ++i) {
    auto as = again(0);
    as.letter = 'b';
    stranger poser{*this, at('a'), as};
    poser.talk();
    run_for(milliseconds{300});
  }
  run_for(minutes{2});
  BOOST_TEST(before != "none");
  BOOST_TEST(address_of('b', 'a') == before);
}

BOOST_AUTO_TEST_CASE(who_has_closed_meanwhile_is_not_admitted) {
  add('a');
  stranger first{*this, at('a')};
  first.introduce();
  stranger second{*this, at('a'), another_life()};
  second.talk();
  BOOST_TEST(at('a').parts("connection").size() == 2u);
  second.hang_up();
  run();
  BOOST_TEST(at('a').parts("connection").size() == 1u);
  first.hang_up();
  run_for(seconds{5});
  BOOST_TEST(at('a').log().count({"] connected"}) == 1u);
  BOOST_TEST(at('a').log().count({warning}) == 0u);
}

// The node reads a part of what a waiting remote sends, so that it can notice
// the end of the connection.
BOOST_AUTO_TEST_CASE(who_waits_is_heard_once_it_is_admitted) {
  add('a');
  net().set_capacity(4 * 1024);
  stranger first{*this, at('a')};
  first.introduce();
  stranger second{*this, at('a'), another_life()};
  second.talk();
  for (int i = 0; i < 8; ++i)
    second.send(wire::message_tag::broadcast, "chan",
                std::string(32 * 1024, static_cast<char>('a' + i)));
  const auto sent = net().bytes_between(second.host(), at('a').host());
  BOOST_TEST(sent > 16u * 1024);
  BOOST_TEST(sent < 80u * 1024);
  BOOST_TEST(at('a').recorded("chan").broadcasts.empty());
  first.hang_up();
  second.introduce();
  BOOST_TEST(at('a').recorded("chan").broadcasts.size() == 8u);
}

// A squatter on the host of `first` dials again whenever its wait is over.
// `life`, on the same host, must still be admitted in at least half of the
// rounds.
BOOST_AUTO_TEST_CASE(who_waits_all_the_time_does_not_always_win) {
  std::size_t won = 0;
  for (int i = 0; i < 16; ++i) {
    add('a');
    stranger first{*this, at('a')};
    first.introduce();
    auto squatter =
      std::make_unique<stranger>(*this, at('a'), another_life(first.host()));
    squatter->talk();
    std::unique_ptr<stranger> life;
    auto as = another_life(first.host());
    as.uid = peer_uid{4713};
    for (int tries = 0; tries < 10; ++tries) {
      life = std::make_unique<stranger>(*this, at('a'), as);
      life->talk();
      squatter->talk();
      if (squatter->is_closed())
        break;
      run_for(seconds{2});
      squatter =
        std::make_unique<stranger>(*this, at('a'), another_life(first.host()));
      squatter->talk();
    }
    first.hang_up();
    life->talk();
    won += !life->is_closed() ? 1 : 0;
    at('a').stop();
  }
  BOOST_TEST(won >= 8u);
}

BOOST_AUTO_TEST_CASE(who_dials_often_keeps_no_other_host_out) {
  std::size_t won = 0;
  for (int i = 0; i < 16; ++i) {
    add('a');
    stranger first{*this, at('a')};
    first.introduce();
    std::vector<std::unique_ptr<stranger>> posers;
    for (int j = 0; j < 20; ++j) {
      posers.push_back(
        std::make_unique<stranger>(*this, at('a'), another_life()));
      posers.back()->talk();
    }
    auto as = another_life("10.0.1.2");
    as.uid = peer_uid{4713};
    stranger life{*this, at('a'), as};
    life.talk();
    for (int j = 0; j < 20; ++j) {
      posers.push_back(
        std::make_unique<stranger>(*this, at('a'), another_life()));
      posers.back()->talk();
    }
    life.talk();
    BOOST_TEST(!life.is_closed());
    BOOST_TEST(at('a').parts("connection").size() == 3u);
    first.hang_up();
    life.talk();
    won += is_from("10.0.1.2", 's', 'a') ? 1 : 0;
    at('a').stop();
  }
  BOOST_TEST(won >= 4u);
  BOOST_TEST(won <= 12u);
}

// `third` displaces the newest connection from 10.0.9.9, which is that of `s`.
// `second` was waiting for that connection to end, and now displaces the
// connection of `r`.
BOOST_AUTO_TEST_CASE(who_waits_for_one_that_makes_room_is_offered_again) {
  auto config = settings_for('a');
  config.connection_limit = 4;
  add('a', config);
  std::vector<std::unique_ptr<stranger>> crowd;
  for (char letter : {'p', 'q', 'r', 's'}) {
    auto as = again(1, "10.0.9.9");
    as.letter = letter;
    crowd.push_back(std::make_unique<stranger>(*this, at('a'), as));
    crowd.back()->introduce();
  }
  stranger second{*this, at('a'), another_life()};
  second.introduce();
  BOOST_TEST(is_from("10.0.9.9", 's', 'a'));
  stranger::options other;
  other.letter = 't';
  stranger third{*this, at('a'), other};
  third.introduce();
  run_for(milliseconds{100});
  BOOST_TEST(is_from_elsewhere('s', 'a'));
  BOOST_TEST(is_from(third.host(), 't', 'a'));
  BOOST_TEST(address_of('p', 'a') != "none");
  BOOST_TEST(address_of('r', 'a') == "none");
}

BOOST_AUTO_TEST_SUITE_END()
