#include "tests/actors/connection/dialling_fixture.hpp"

#include <malloc.h>
#include <map>
#include <memory>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/support/blob.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the connection maker, the part of a node that dials other peers.
namespace {

enum class both_ways { no, yes };

/// A scripted neighbour of `a` that announces other peers.
struct announcing : stranger {
  explicit announcing(mesh& world) : stranger(world, world.at('a')) {
    introduce();
    us = world.at('a').name();
    where = world.at('a').host() + ":1";
  }
  void announce(const std::map<unsigned, std::string>& peers, both_ways ways) {
    auto ours = record_of(name());
    ours.connections.push_back({us, where, true, true});
    std::vector<peer_record> records;
    for (const auto& [number, address] : peers) {
      auto theirs = record_of(peer_name::from_number(number));
      theirs.connections.push_back({name(), where, true, true});
      ours.connections.push_back({theirs.peer.name, address, true, true});
      if (ways == both_ways::yes)
        records.push_back(std::move(theirs));
    }
    records.push_back(std::move(ours));
    send_topology(records);
  }
  static peer_record record_of(peer_name who) {
    peer_record result;
    result.peer.name = who;
    result.peer.uid = peer_uid{4711};
    result.peer.version = 10;
    return result;
  }

  peer_name us;
  std::string where;
};

/// A node that may have three connections. Peers at one address take all of
/// them.
struct crowded : dialling {
  crowded() {
    auto setup = settings_for('a');
    setup.connection_limit = 3;
    add('a', setup);
    for (auto letter : {'x', 'y', 'z'}) {
      stranger::options who;
      who.letter = letter;
      who.host = "10.0.9.9";
      peers.push_back(std::make_unique<stranger>(*this, at('a'), who));
      peers.back()->introduce();
    }
    BOOST_TEST_REQUIRE(at('a').degree() == 3u);
  }

  std::vector<std::unique_ptr<stranger>> peers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection_maker_tests, dialling)

// -- retries

BOOST_AUTO_TEST_CASE(an_address_is_dialled_at_once) {
  add('a').connect_to({nobody});
  BOOST_TEST(dials(nobody) == 1u);
  BOOST_TEST(at('a').log().has("connection refused"));
}

BOOST_AUTO_TEST_CASE(retries_come_at_growing_intervals) {
  add('a').connect_to({nobody});
  auto interval = milliseconds{2'000};
  for (int i = 0; i < 8; ++i) {
    auto waited = until_next_dial(nobody, minutes{1});
    BOOST_TEST((waited >= interval / 2 - milliseconds{50}), i);
    BOOST_TEST((waited <= interval * 3 / 2 + milliseconds{50}), i);
    interval = interval * 3 / 2;
  }
}

BOOST_AUTO_TEST_CASE(retries_never_come_further_apart_than_the_limit) {
  auto setup = settings_for('a');
  setup.retry_max = seconds{10};
  add('a', setup).connect_to({nobody});
  run_for(minutes{5});
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((until_next_dial(nobody, minutes{1}) <= seconds{16}));
}

BOOST_AUTO_TEST_CASE(naming_an_address_again_dials_at_once) {
  add('a').connect_to({nobody});
  run_for(minutes{2});
  auto before = dials(nobody);
  at('a').connect_to({nobody});
  BOOST_TEST(dials(nobody) == before + 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_dialled_before_the_start) {
  auto setup = settings_for('a');
  setup.peers = {nobody};
  auto& a = prepare('a', setup);
  run_for(seconds{10});
  BOOST_TEST(dials(nobody) == 0u);
  a.start();
  BOOST_TEST(dials(nobody) == 1u);
}

BOOST_AUTO_TEST_CASE(a_dial_that_is_never_answered_is_given_up) {
  net().unplug("10.0.0.97", "10.0.0.200");
  add('a').connect_to({nobody});
  run_for(seconds{29});
  BOOST_TEST(dials(nobody) == 1u);
  run_for(seconds{5});
  BOOST_TEST(dials(nobody) == 2u);
  BOOST_TEST(at('a').log().has("timed_out"));
}

BOOST_AUTO_TEST_CASE(lookups_and_dials_that_have_ended_take_no_memory) {
  constexpr int times = 500;
  add('a').connect_to({nobody});
  auto dial_again = [&] {
    for (int i = 0; i < times; ++i)
      at('a').connect_to({nobody});
  };
  dial_again(); // allocates memory that stays in use
  auto before = mallinfo2().uordblks;
  dial_again();
  BOOST_TEST(dials(nobody) == 2u * times + 1);
  BOOST_TEST(mallinfo2().uordblks < before + times * kib);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_dialled_again) {
  build("ab");
  run_for(minutes{2});
  net().cut(at('a').host(), at('b').host());
  run_for(seconds{4});
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(dials(at('b')) == 2u);
}

// -- addresses that are added and forgotten

BOOST_AUTO_TEST_CASE(a_forgotten_address_is_dialled_no_more) {
  add('a').connect_to({nobody});
  at('a').forget({nobody});
  run_for(minutes{20});
  BOOST_TEST(dials(nobody) == 1u);
}

BOOST_AUTO_TEST_CASE(forgetting_leaves_a_live_connection) {
  build("ab");
  at('a').forget({at('b').address()});
  run_for(minutes{2});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(addresses_can_be_replaced) {
  add('a').connect_to({nobody});
  at('a').connect_to({"10.0.0.201:6783"}, true);
  run_for(minutes{5});
  BOOST_TEST(dials(nobody) == 1u);
  BOOST_TEST(dials("10.0.0.201:6783") > 3u);
}

BOOST_AUTO_TEST_CASE(one_bad_address_leaves_the_good_ones_undialled) {
  add('a');
  auto why = at('a').connect_to({nobody, "no such address:99999"});
  BOOST_TEST(is(why, errc::bad_address), describe(why));
  run_for(minutes{1});
  BOOST_TEST(net().dials().empty());
}

BOOST_AUTO_TEST_CASE(an_address_without_a_port_means_our_own_port) {
  add('a');
  add('b');
  at('a').connect_to({at('b').host()});
  BOOST_TEST(at('a').degree() == 1u);
}

// -- discovery

//   a --> b --> c
// An arrow points from the node that dials.
BOOST_AUTO_TEST_CASE(discovery_dials_where_others_dial) {
  add_discovering('a');
  add('b');
  add('c');
  at('b').connect_to(at('c'));
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(at('a').topology() == "a>b a>c b>a b>c c>a c>b");
}

//   a --> b <-- c
// An arrow points from the node that dials.
BOOST_AUTO_TEST_CASE(discovery_dials_our_own_port_where_a_peer_dialled_others) {
  add_discovering('a');
  add('b');
  add('c');
  at('c').connect_to(at('b'));
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST(dials(at('c')) == 1u);
  BOOST_TEST(at('a').degree() == 2u);
}

BOOST_AUTO_TEST_CASE(without_discovery_only_the_user_s_addresses_are_dialled) {
  build("ab bc cd");
  run_for(minutes{10});
  BOOST_TEST(net().dials().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_discovered_address_is_forgotten_with_its_peer) {
  net().unplug("10.0.0.97", "10.0.0.99");
  add_discovering('a');
  add('b');
  add('c');
  at('b').connect_to(at('c'));
  at('a').connect_to(at('b'));
  run_for(minutes{5});
  BOOST_TEST(dials(at('c').address()) > 2u);
  at('c').stop();
  run_for(minutes{1});
  auto before = net().dials().size();
  at('b').forget({"10.0.0.99:6783"});
  run_for(minutes{20});
  BOOST_TEST(net().dials().size() == before);
}

// Another program may have taken over a discovered address. So the node must
// refuse a peer there that it does not know.
BOOST_AUTO_TEST_CASE(a_discovered_address_may_not_lead_to_a_stranger) {
  add_discovering('a');
  add('b');
  announcing s{*this};
  s.announce({{'y', "10.0.0.98:6783"}}, both_ways::yes);
  settle();
  BOOST_TEST(dials(at('b')) >= 1u);
  BOOST_TEST(at('a').log().has("unknown_peer"));
  BOOST_TEST(at('b').degree() == 0u);
}

BOOST_AUTO_TEST_CASE(
  addresses_of_peers_that_only_one_record_names_are_not_dialled) {
  add_discovering('a');
  announcing s{*this};
  s.announce({{'x', "10.0.0.200:6783"}, {'y', "10.0.0.201:6783"}},
             both_ways::no);
  run_for(minutes{1});
  BOOST_TEST(net().dials().empty());
}

BOOST_AUTO_TEST_CASE(a_flood_of_announced_addresses_is_dialled_slowly) {
  add_discovering('a');
  announcing s{*this};
  std::map<unsigned, std::string> peers;
  for (unsigned i = 1; i <= 2000; ++i)
    peers[1000 + i] = "10.1." + std::to_string(i / 250) + "."
                      + std::to_string(i % 250) + ":6783";
  s.announce(peers, both_ways::yes);
  run_for(seconds{10});
  BOOST_TEST(net().dials().size() <= 64u + 10u * 20u);
  auto dialled = [this] {
    std::set<std::string> result;
    for (const auto& x : net().dials())
      result.insert(x.to);
    return result.size();
  };
  auto stay_for = [&](minutes time) {
    for (auto end = now() + time; now() < end; run_for(seconds{20})) {
      s.queue_heartbeat();
      s.talk();
    }
  };
  stay_for(minutes{2});
  BOOST_TEST(dialled() <= 256u);
  // Every ten minutes, the node turns to other addresses.
  stay_for(minutes{60});
  BOOST_TEST(dialled() > 700u);
  BOOST_TEST(dialled() <= 8u * 256u);
}

// -- addresses that are not dialled again

BOOST_AUTO_TEST_CASE(a_connection_to_ourselves_is_never_retried) {
  add('a');
  at('a').connect_to(at('a'));
  run_for(minutes{60});
  BOOST_TEST(dials(at('a')) == 1u);
  BOOST_TEST(at('a').log().has("connected_to_self"));
  BOOST_TEST(at('a').topology() == "a");
}

BOOST_AUTO_TEST_CASE(a_name_collision_is_never_retried) {
  add('a');
  auto setup = settings_for('b');
  setup.name = at('a').name();
  add('b', setup);
  at('a').connect_to({"10.0.0.98:6783"});
  run_for(minutes{60});
  BOOST_TEST(dials("10.0.0.98:6783") == 1u);
  BOOST_TEST(at('a').log().has("name_collision"));
}

BOOST_AUTO_TEST_CASE(a_connected_host_is_not_dialled_again) {
  add('a').connect_to({add('b').host()});
  at('b').connect_to({at('a').host()});
  run_for(minutes{30});
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(net().dials().size() == 1u);
}

// A node keeps dialling an address that it was given, even if the peer there is
// connected already.
BOOST_AUTO_TEST_CASE(another_dial_of_a_connected_peer_changes_nothing) {
  build("ab ba");
  run_for(minutes{30});
  BOOST_TEST(at('a').topology() == "a>b b>a");
  BOOST_TEST(net().open_sockets() == 2u);
  BOOST_TEST(net().dials().size() > 2u);
}

// -- where no port is given

BOOST_AUTO_TEST_CASE(the_default_port_of_others_is_the_port_of_the_settings) {
  auto setup = settings_for('a');
  setup.port = 7000;
  add('a', setup).connect_to({"10.0.0.200"});
  BOOST_TEST(dials("10.0.0.200:7000") == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_on_any_port_expects_others_on_the_usual_one) {
  add('b');
  add('c').connect_to(at('b'));
  settle();
  auto setup = settings_for('a');
  setup.port = 0;
  setup.discovery = true;
  setup.peers = {at('b').host()};
  add('a', setup);
  settle();
  BOOST_TEST(at('a').degree() == 2u);
  BOOST_TEST(dials(at('c')) == 1u);
}

// -- the limit on connections

BOOST_AUTO_TEST_CASE(no_more_is_dialled_than_the_limit_allows) {
  auto setup = settings_for('a');
  setup.connection_limit = 1;
  add('a', setup);
  add('b');
  add('c');
  at('a').connect_to(at('b'));
  at('a').connect_to(at('c'));
  run_for(minutes{10});
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(dials(at('c')) == 0u);
}

BOOST_AUTO_TEST_CASE(room_under_the_limit_goes_to_waiting_targets) {
  auto setup = settings_for('a');
  setup.connection_limit = 1;
  add('a', setup);
  add('b');
  add('c');
  at('a').connect_to(at('b'));
  at('a').connect_to(at('c'));
  run_for(minutes{1});
  at('b').stop();
  run_for(seconds{10});
  BOOST_TEST(at('a').topology() == "a>c c>a");
}

BOOST_AUTO_TEST_CASE(inbound_connections_over_the_limit_are_closed) {
  auto setup = settings_for('a');
  setup.connection_limit = 1;
  add('a', setup);
  add('b').connect_to(at('a'));
  add('c').connect_to(at('a'));
  run_for(seconds{20});
  BOOST_TEST(at('a').topology() == "a>b b>a");
  BOOST_TEST(at('a').log().has("connection_limit"));
  BOOST_TEST(at('c').degree() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_crowded_address_makes_room_for_a_peer, crowded) {
  add('b').connect_to(at('a'));
  run_for(seconds{2});
  BOOST_TEST(at('b').degree() == 1u);
  BOOST_TEST(at('a').degree() == 3u);
  BOOST_TEST(at('a').log().has("made room for a peer"));
  peers[0]->talk();
  peers[2]->talk();
  BOOST_TEST(!peers[0]->is_closed());
  BOOST_TEST(peers[2]->is_closed());
}

BOOST_FIXTURE_TEST_CASE(a_crowded_address_makes_room_for_our_dial, crowded) {
  add('b');
  at('a').connect_to(at('b'));
  run_for(seconds{2});
  BOOST_TEST(at('b').degree() == 1u);
  BOOST_TEST(at('a').degree() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
