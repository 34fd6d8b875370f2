#include "actors/core/mesh/announcements.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of `topology`, the actor that knows the peers and connections of the
// mesh.
namespace {

struct topologies : mesh {
  peer_record record_of_stranger(const stranger& s, std::uint64_t version) {
    peer_record result;
    result.peer.name = s.name();
    result.peer.uid = peer_uid{4711};
    result.peer.version = version;
    result.connections = {{at('a').name(), at('a').address(), true, true}};
    return result;
  }
  void connect(const peer_record& x, char letter, std::vector<peer_record>& to,
               std::uint64_t version = 1) {
    to.push_back(x);
    peer_record other;
    other.peer.name =
      peer_name::from_number(static_cast<unsigned char>(letter));
    other.peer.uid = peer_uid{5};
    other.peer.version = version;
    to.back().connections.push_back(
      {other.peer.name, "10.9.9.9:6783", true, true});
    to.push_back(other);
  }
  void dial_each_other() {
    for (char letter : {'a', 'b'}) {
      auto setup = settings_for(letter);
      setup.peers = {letter == 'a' ? "10.0.0.98:6783" : "10.0.0.97:6783"};
      prepare(letter, setup);
    }
    auto first = ask_later<void>(system(), at('a').router(), start_mesh{});
    auto second = ask_later<void>(system(), at('b').router(), start_mesh{});
    run();
  }
  peer_uid uid_of(char letter, char as_seen_by) {
    return at(as_seen_by).record_of(at(letter)).peer.uid;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topology_actor_tests, topologies)

// -- two connections to one peer

BOOST_AUTO_TEST_CASE(of_two_connections_to_a_peer_one_remains) {
  dial_each_other();
  settle();
  BOOST_TEST(net().dials().size() >= 2u); // the loser may dial again
  BOOST_TEST(net().open_sockets() == 2u);
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(at('a').log().has("multiple_connections"));
}

BOOST_AUTO_TEST_CASE(channels_work_after_a_tie_break) {
  dial_each_other();
  run_for(minutes{2});
  at('a').broadcast("chan", "word");
  settle();
  BOOST_TEST(at('b').recorded("chan").broadcasts_of("word ") == 1u);
  BOOST_TEST(!at('b').unicast("chan", at('a'), "hello")->why);
  BOOST_TEST(at('a').recorded("chan").unicasts.size() == 1u);
}

// -- peers that come and go

BOOST_AUTO_TEST_CASE(a_restarted_peer_is_admitted_again) {
  build("ab cb");
  auto before = uid_of('c', 'a');
  at('c').stop();
  add('c').connect_to(at('b'));
  settle();
  BOOST_TEST(all_know("a>b b>a b>c c>b"));
  BOOST_TEST((uid_of('c', 'a') != before));
}

BOOST_AUTO_TEST_CASE(a_restarted_peer_is_sent_the_complete_state) {
  build("ab");
  at('a').recorded("chan").state = {"old", "older"};
  at('b').stop();
  add('b').connect_to(at('a'));
  BOOST_TEST((at('b').recorded("chan").state == texts{"old", "older"}));
}

// `c` restarts at a different address and dials `b`, which has not yet noticed
// that the old `c` stopped.
BOOST_AUTO_TEST_CASE(a_peer_that_restarts_elsewhere_is_admitted_again) {
  build("ab bc");
  auto before = uid_of('c', 'a');
  net().unplug(at('b').host(), at('c').host());
  at('c').stop();
  auto setup = settings_for('c');
  setup.host = "10.0.1.99";
  add('c', setup).connect_to(at('b'));
  run_for(seconds{2});
  BOOST_TEST(all_know("a>b b>a b>c c>b"));
  BOOST_TEST((uid_of('c', 'a') != before));
}

BOOST_AUTO_TEST_CASE(a_peer_with_the_name_of_a_living_neighbour_is_refused) {
  build("ab");
  auto before = uid_of('b', 'a');
  stranger::options same_name;
  same_name.letter = 'b';
  stranger twin{*this, at('a'), same_name};
  twin.introduce();
  run_for(minutes{1});
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST((uid_of('b', 'a') == before));
  BOOST_TEST(at('a').log().count({"two peers are named"}) == 1u);
}

BOOST_AUTO_TEST_CASE(somebody_who_speaks_in_our_name_is_outlived) {
  add('a');
  stranger liar{*this, at('a')};
  liar.introduce();
  for (std::uint64_t version = 1'000; version < 1'010; ++version) {
    auto lie = at('a').description().peers.front();
    lie.peer.version = version * version;
    lie.connections.clear();
    liar.send_topology({lie});
    run_for(seconds{1});
  }
  auto ours = at('a').description().peers.front();
  BOOST_TEST(ours.peer.version == 1'009u * 1'009u + 1u);
  BOOST_TEST(ours.connections.size() == 1u);
  BOOST_TEST(at('a').log().count({"somebody speaks in the name"}) == 1u);
}

BOOST_AUTO_TEST_CASE(the_warning_of_somebody_in_our_name_comes_each_minute) {
  add('a');
  stranger liar{*this, at('a')};
  liar.introduce();
  std::uint64_t version = 1'000;
  auto speak_for = [&](seconds time) {
    for (; time > seconds{0}; time -= seconds{1}) {
      auto lie = at('a').description().peers.front();
      lie.peer.version = version += 1'000;
      lie.connections.clear();
      liar.queue_heartbeat();
      liar.send_topology({lie});
      run_for(seconds{1});
    }
  };
  const std::string warning = "somebody speaks in the name";
  speak_for(minutes{1});
  BOOST_TEST(at('a').log().count({warning}) == 1u);
  BOOST_TEST(at('a').log().count({warning, "more left out"}) == 0u);
  speak_for(seconds{1});
  BOOST_TEST(at('a').log().count({warning}) == 2u);
  BOOST_TEST(at('a').log().count({warning, "(59 more left out)"}) == 1u);
  speak_for(seconds{59});
  BOOST_TEST(at('a').log().count({warning}) == 2u);
  speak_for(seconds{1});
  BOOST_TEST(at('a').log().count({warning}) == 3u);
}

BOOST_AUTO_TEST_CASE(an_update_of_many_peers_writes_few_lines) {
  add('a');
  stranger liar{*this, at('a')};
  liar.introduce();
  std::vector<peer_record> update;
  connect(record_of_stranger(liar, 9), 'x', update);
  for (unsigned i = 0; i < 10'000; ++i) {
    auto x = update.back();
    x.peer.name = peer_name::from_number(100'000 + i);
    x.peer.alias.reset();
    update.push_back(x);
    update.front().connections.push_back({x.peer.name, "", true, true});
  }
  liar.send_topology(update);
  run_for(seconds{1});
  BOOST_TEST(at('a').description().peers.size() > 10'000u);
  BOOST_TEST(at('a').log().count({"is known now"}) <= 210u);
  run_for(seconds{2});
  liar.send_topology({record_of_stranger(liar, 10)});
  run_for(seconds{2});
  BOOST_TEST(at('a').log().count({"out of reach", "more left out"}) >= 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_stops_disappears_from_a_line) {
  build("ab bc cd");
  at('d').stop();
  settle();
  BOOST_TEST(all_know("a>b b>a b>c c>b"));
}

BOOST_AUTO_TEST_CASE(peers_reachable_only_through_another_disappear_with_it) {
  build("ab bc cd");
  at('b').stop();
  settle();
  BOOST_TEST(at('a').topology() == "a");
  BOOST_TEST(at('c').topology() == "c>d d>c");
}

//   a --- b
//   |     |
//   d --- c
BOOST_AUTO_TEST_CASE(a_peer_that_stops_disappears_from_a_ring) {
  build("ab bc cd da");
  at('b').stop();
  settle();
  BOOST_TEST(all_know("a>d c>d d>a d>c"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_dies_silently_disappears_too) {
  build("ab bc");
  net().unplug(at('b').host(), at('c').host());
  run_for(seconds{70});
  BOOST_TEST(at('a').topology() == "a>b b>a");
}

// -- updates

BOOST_AUTO_TEST_CASE(a_peer_known_only_by_its_name_is_left_out) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<peer_record> update;
  connect(record_of_stranger(s, 9), 'x', update);
  update.pop_back();
  s.send_topology(update);
  settle();
  auto peers = at('a').description().peers;
  BOOST_TEST(peers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(unreachable_peers_are_collected_after_a_second) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<peer_record> update;
  connect(record_of_stranger(s, 9), 'x', update);
  s.send_topology(update);
  BOOST_TEST(at('a').topology() == "a>s s>a s>x x");
  s.send_topology({record_of_stranger(s, 10)});
  run_for(milliseconds{900});
  BOOST_TEST(at('a').topology() == "a>s s>a x");
  run_for(milliseconds{200});
  BOOST_TEST(at('a').topology() == "a>s s>a");
}

BOOST_AUTO_TEST_CASE(an_older_version_changes_nothing) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<peer_record> update;
  connect(record_of_stranger(s, 9), 'x', update);
  s.send_topology(update);
  s.send_topology({record_of_stranger(s, 8)});
  BOOST_TEST(at('a').topology() == "a>s s>a s>x x");
}

BOOST_AUTO_TEST_CASE(a_record_of_our_earlier_life_is_superseded) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  peer_record past;
  past.peer.name = at('a').name();
  past.peer.uid = peer_uid{123};
  past.peer.version = 1000;
  auto before = s.count("topology");
  s.send_topology({past});
  run_for(seconds{2});
  s.talk();
  BOOST_TEST(at('a').record_of(at('a')).peer.version > 1000u);
  BOOST_TEST(at('a').topology() == "a>s s");
  BOOST_TEST(s.count("topology") > before);
}

BOOST_AUTO_TEST_CASE(
  a_malformed_update_closes_its_connection_and_changes_nothing) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::gossip, "topology", "no gob stream at all");
  BOOST_TEST(s.is_closed());
  settle();
  BOOST_TEST(all_know("a>b b>a"));
}

BOOST_AUTO_TEST_CASE(a_unicast_on_the_channel_topology_closes_its_connection) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::unicast, "topology", "hello", at('a').name());
  BOOST_TEST(s.is_closed());
}

// -- announcements

BOOST_AUTO_TEST_CASE(the_first_change_is_announced_soon) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  run_for(seconds{5});
  s.talk();
  auto before = s.messages().size();
  add('b').connect_to(at('a'));
  run_for(announcements::moment);
  s.talk();
  auto is_announcement = [](const auto& x) {
    return x.tag == wire::message_tag::broadcast && x.channel == "topology";
  };
  BOOST_TEST(std::any_of(s.messages().begin() + static_cast<long>(before),
                         s.messages().end(), is_announcement));
}

BOOST_AUTO_TEST_CASE(later_changes_are_gathered) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  run_for(seconds{5});
  s.talk();
  auto before = s.count("topology");
  for (char letter = 'b'; letter < 'm'; ++letter)
    add(letter).connect_to(at('a'));
  run_for(seconds{3});
  s.talk();
  BOOST_TEST(s.count("topology") - before >= 2u);
  // The limit allows two announcements by `a`. For each of the 11 new peers it
  // allows three messages: two announcements by that peer and the peer's
  // complete state.
  BOOST_TEST(s.count("topology") - before <= 2u + 3 * 11u);
  BOOST_TEST(at('a').degree() == 12u);
}

BOOST_AUTO_TEST_CASE(nothing_is_announced_while_nothing_changes) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  run_for(seconds{5});
  s.talk();
  auto announcements = [&] {
    const auto& all = s.messages();
    return std::count_if(all.begin(), all.end(), [](const auto& x) {
      return x.tag == wire::message_tag::broadcast;
    });
  };
  auto before = announcements();
  run_for(seconds{20});
  s.talk();
  BOOST_TEST(announcements() == before);
}

BOOST_AUTO_TEST_SUITE_END()
