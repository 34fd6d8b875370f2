#include "tests/actors/connection/connection_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how two nodes introduce themselves over a connection, and of the
// deadlines for a slow remote.
namespace {

stranger::options version_1() {
  stranger::options result;
  result.max_version = 1;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection_introduction_tests, connections)

// -- introduction

BOOST_AUTO_TEST_CASE(two_nodes_without_a_password_connect) {
  dial({}, {});
  BOOST_TEST(connected());
  BOOST_TEST(at('a').log().has("protocol version 2, plain"));
}

BOOST_AUTO_TEST_CASE(two_nodes_with_one_password_connect) {
  dial({"secret"}, {"secret"});
  BOOST_TEST(connected());
  BOOST_TEST(at('b').log().has("protocol version 2, encrypted"));
}

BOOST_AUTO_TEST_CASE(an_empty_password_encrypts) {
  dial({""}, {""});
  BOOST_TEST(connected());
  BOOST_TEST(at('a').log().has("encrypted"));
}

BOOST_AUTO_TEST_CASE(a_dialler_s_password_may_be_any_that_is_accepted) {
  dial({"new"}, {"old", "new"});
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(an_introduction_may_come_byte_by_byte) {
  net().set_piece(1);
  dial({}, {});
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(a_sealed_introduction_may_come_byte_by_byte) {
  net().set_piece(1);
  dial({"secret"}, {"secret"});
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(streams_that_hold_next_to_nothing_suffice) {
  net().set_capacity(3);
  dial({"secret"}, {"secret"});
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(a_dialler_that_speaks_version_1_is_understood) {
  add('a');
  stranger s{*this, at('a'), version_1()};
  s.introduce();
  s.send(wire::message_tag::gossip, "chan", "word");
  BOOST_TEST((at('a').recorded("chan").state == texts{"word"}));
  BOOST_TEST(at('a').log().has("protocol version 1, plain"));
}

BOOST_AUTO_TEST_CASE(an_acceptor_that_speaks_version_1_is_understood) {
  stranger s{*this, version_1()};
  add('a').connect_to({s.host()});
  s.introduce();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(at('a').log().has("protocol version 1, plain"));
}

BOOST_AUTO_TEST_CASE(with_a_password_version_1_is_spoken_only_if_asked_for) {
  auto opts = version_1();
  opts.passwords = {"secret"};
  add_with('a', {"secret"});
  add_with('b', {"secret"}, std::uint8_t{1});
  stranger refused{*this, at('a'), opts};
  refused.talk();
  BOOST_TEST(refused.is_closed());
  BOOST_TEST(at('a').log().has("version_mismatch"));
  stranger accepted{*this, at('b'), opts};
  accepted.introduce();
  BOOST_TEST(at('b').log().has("protocol version 1, encrypted"));
}

BOOST_AUTO_TEST_CASE(another_password_closes_both_sides) {
  dial({"secret"}, {"other"});
  check_both_closed();
  BOOST_TEST(at('b').log().has("cannot_open"));
}

BOOST_AUTO_TEST_CASE(a_password_only_at_the_dialler_closes_both_sides) {
  dial({"secret"}, {});
  check_both_closed();
  BOOST_TEST(at('a').log().has("encryption_mismatch"));
  BOOST_TEST(at('b').log().has("encryption_mismatch"));
}

BOOST_AUTO_TEST_CASE(a_password_only_at_the_acceptor_closes_both_sides) {
  dial({}, {"secret"});
  check_both_closed();
  BOOST_TEST(at('a').log().has("encryption_mismatch"));
  BOOST_TEST(at('b').log().has("encryption_mismatch"));
}

BOOST_AUTO_TEST_CASE(a_remote_of_another_protocol_is_closed) {
  add('a');
  stranger s{*this, at('a')};
  s.take_queued();
  s.write_raw(byte_view{std::string_view{"GET / HTTP/1.1\r\n\r\n"}});
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').log().has("bad_header"));
}

// A remote that refuses us may close the connection before our topology has
// answered. The reason that the operator reads is the topology's.
BOOST_AUTO_TEST_CASE(a_remote_that_leaves_early_does_not_hide_our_own_refusal) {
  add('a');
  stranger::options opts;
  opts.letter = 'a';
  opts.host = "10.0.0.99";
  stranger s{*this, at('a'), opts};
  s.step();
  s.put();
  s.end_writing();
  run();
  BOOST_TEST(at('a').log().has("name_collision"));
  BOOST_TEST(net().open_sockets() == 1u);
}

BOOST_AUTO_TEST_CASE(a_remote_that_leaves_early_does_not_stay) {
  add('a');
  stranger s{*this, at('a')};
  s.step();
  s.put();
  s.end_writing();
  run();
  BOOST_TEST(at('a').log().has("connection_closed"));
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(net().open_sockets() == 1u);
  settle();
  BOOST_TEST(at('a').topology() == "a");
}

// -- deadlines

BOOST_AUTO_TEST_CASE(a_header_is_due_within_ten_seconds) {
  add('a');
  stranger s{*this, at('a')};
  run_for(milliseconds{9'900});
  BOOST_TEST(net().open_sockets() == 2u);
  run_for(seconds{2});
  BOOST_TEST(net().open_sockets() == 1u);
  BOOST_TEST(at('a').log().has("no header within 10000 ms"));
}

// The deadline counts from the start of the connection, not from the last byte.
BOOST_AUTO_TEST_CASE(a_dripping_header_gets_no_more_time) {
  add('a');
  stranger s{*this, at('a')};
  drip(s, bytes{'w', 'e', 'a', 'v'}, milliseconds{2'475});
  BOOST_TEST(net().open_sockets() == 2u);
  run_for(seconds{2});
  BOOST_TEST(net().open_sockets() == 1u);
  BOOST_TEST(at('a').log().has("no header within 10000 ms"));
}

BOOST_AUTO_TEST_CASE(a_dripping_introduction_gets_no_more_time) {
  add('a');
  stranger s{*this, at('a')};
  s.push();
  auto frame = plain_frame(40, {});
  frame.resize(29, 0);
  drip(s, frame, seconds{2});
  BOOST_TEST(net().open_sockets() == 2u);
  run_for(seconds{4});
  BOOST_TEST(net().open_sockets() == 1u);
  BOOST_TEST(at('a').log().has("no introduction within 60000 ms"));
}

BOOST_AUTO_TEST_CASE(an_introduction_is_due_within_our_patience) {
  add('a');
  stranger s{*this, at('a')};
  s.push(); // writes the header and nothing else
  run_for(seconds{59});
  BOOST_TEST(net().open_sockets() == 2u);
  run_for(seconds{3});
  BOOST_TEST(net().open_sockets() == 1u);
  BOOST_TEST(at('a').log().has("no introduction within 60000 ms"));
}

BOOST_AUTO_TEST_CASE(silence_beyond_our_patience_closes_the_connection) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  run_for(seconds{59});
  BOOST_TEST(at('a').degree() == 1u);
  run_for(seconds{3});
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(at('a').log().has("silent for 60000 ms"));
}

BOOST_AUTO_TEST_CASE(heartbeats_keep_a_connection) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 10; ++i) {
    s.queue_heartbeat();
    s.talk();
    run_for(seconds{30});
  }
  s.talk();
  BOOST_TEST(!s.is_closed());
  BOOST_TEST(s.heartbeats() == 10u);
}

BOOST_AUTO_TEST_CASE(nodes_that_have_nothing_to_say_stay_connected) {
  dial({}, {});
  run_for(minutes{30});
  BOOST_TEST(connected());
  BOOST_TEST(at('a').log().count({"closed"}) == 0u);
}

BOOST_AUTO_TEST_CASE(a_remote_that_takes_nothing_is_closed) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  at('a').broadcast("chan", std::string(1024 * 1024, 'x'));
  for (int i = 0; i < 5; ++i) {
    s.queue_heartbeat();
    s.push();
    run_for(seconds{13});
  }
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(at('a').log().has("took nothing for 60000 ms"));
}

BOOST_AUTO_TEST_CASE(a_remote_that_takes_a_little_now_and_then_is_kept) {
  net().set_piece(1);
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  at('a').broadcast("chan", std::string(300 * 1024, 'x'));
  for (int i = 0; i < 10; ++i) {
    s.queue_heartbeat();
    s.step();
    run_for(seconds{13});
  }
  BOOST_TEST(at('a').degree() == 1u, at('a').log().all());
}

BOOST_AUTO_TEST_SUITE_END()
