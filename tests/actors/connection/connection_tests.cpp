#include "tests/actors/connection/connection_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of one connection after its introduction: frames, malformed frames,
// back-pressure, and the end.
namespace {

stranger::options with_password(const std::string& password) {
  stranger::options result;
  result.passwords = {password};
  return result;
}

peer_record alone(char letter, std::uint64_t version = 1) {
  peer_record result;
  result.peer.name = peer_name::from_number(static_cast<unsigned char>(letter));
  result.peer.uid = peer_uid{77};
  result.peer.version = version;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(connection_tests, connections)

// -- the end

BOOST_AUTO_TEST_CASE(a_connection_that_the_remote_closes_ends) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.hang_up();
  run();
  BOOST_TEST(at('a').log().has("closed: connection_closed: by the remote"));
  BOOST_TEST(at('a').topology() == "a");
}

BOOST_AUTO_TEST_CASE(a_failing_socket_closes_the_connection) {
  dial({}, {});
  net().cut(at('a').host(), at('b').host());
  run();
  BOOST_TEST(at('a').log().has("closed: socket_failed"));
  BOOST_TEST(at('b').log().has("closed: socket_failed"));
}

BOOST_AUTO_TEST_CASE(messages_before_the_end_are_delivered) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::gossip, "chan", "first");
  net().block(s.host(), at('a').host());
  s.send(wire::message_tag::gossip, "chan", "last");
  s.hang_up();
  net().unblock(s.host(), at('a').host());
  run();
  BOOST_TEST((at('a').recorded("chan").state == texts{"first", "last"}));
  BOOST_TEST(at('a').degree() == 0u);
}

// The stream ends before the connection has asked the router for the channel.
BOOST_AUTO_TEST_CASE(a_channel_s_first_message_is_delivered_after_the_end) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  net().block(s.host(), at('a').host());
  s.send(wire::message_tag::gossip, "chan", "only");
  s.hang_up();
  net().unblock(s.host(), at('a').host());
  run();
  BOOST_TEST((at('a').recorded("chan").state == texts{"only"}));
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(at('a').parts("connection").empty());
}

BOOST_AUTO_TEST_CASE(a_channel_s_first_message_is_delivered_after_a_failure) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  net().block(s.host(), at('a').host());
  s.send(wire::message_tag::gossip, "chan", "only");
  s.write_raw(plain_frame(
    1, bytes{static_cast<std::uint8_t>(wire::message_tag::gossip)}));
  net().unblock(s.host(), at('a').host());
  run();
  BOOST_TEST((at('a').recorded("chan").state == texts{"only"}));
  BOOST_TEST(at('a').degree() == 0u);
}

// -- frames

// The remote's first updates describe peers that can be reached only through
// the remote. A node that read the updates before admitting the connection
// would remove these peers as unreachable.
BOOST_AUTO_TEST_CASE(nothing_is_read_before_the_connection_is_admitted) {
  add('a');
  stranger s{*this, at('a')};
  s.step(); // exchanges the headers only
  auto introduction = s.take_queued();
  // The first byte of the introduction says that there is no encryption. In
  // response, the node introduces itself.
  s.write_raw(byte_view{introduction}.sub(0, 1));
  s.step();
  BOOST_TEST_REQUIRE(s.is_introduced());
  net().block(s.host(), at('a').host());
  s.write_raw(byte_view{introduction}.sub(1));
  auto ours = alone('s');
  ours.peer.uid = peer_uid{4711};
  ours.connections = {{alone('x').peer.name, "10.0.0.120:6783", true, true}};
  s.send_topology({ours, alone('x')});
  net().unblock(s.host(), at('a').host());
  run_for(seconds{3});
  BOOST_TEST(at('a').topology() == "a>s s>x x", at('a').log().all());
}

BOOST_AUTO_TEST_CASE(a_damaged_frame_closes_the_connection) {
  add_with('a', {"secret"});
  stranger s{*this, at('a'), with_password("secret")};
  s.introduce();
  s.queue_heartbeat();
  auto frame = s.take_queued();
  frame.back() ^= 1;
  s.write_raw(frame);
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').log().has("cannot_open"));
}

BOOST_AUTO_TEST_CASE(an_oversized_frame_closes_before_it_arrives) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.write_raw(plain_frame(wire::max_frame_size + 1, {}));
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').log().has("too_large"));
}

BOOST_AUTO_TEST_CASE(a_message_with_an_unknown_tag_is_ignored) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.write_raw(plain_frame(2, bytes{42, 1}));
  s.send(wire::message_tag::gossip, "chan", "word");
  BOOST_TEST(!s.is_closed());
  BOOST_TEST((at('a').recorded("chan").state == texts{"word"}));
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_ignored) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.write_raw(plain_frame(0, {}));
  s.send(wire::message_tag::gossip, "chan", "word");
  BOOST_TEST((at('a').recorded("chan").state == texts{"word"}));
}

BOOST_AUTO_TEST_CASE(a_message_that_does_not_decode_closes_the_connection) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  s.write_raw(plain_frame(3, bytes{4, 0xff, 0xff}));
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').log().has("malformed"));
}

BOOST_AUTO_TEST_CASE(consecutive_messages_keep_their_order) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  auto& heard = at('a').recorded("chan");
  for (int i = 0; i < 100; ++i) {
    outgoing x;
    x.tag = wire::message_tag::broadcast;
    x.source = s.name();
    x.data = text_payload(std::to_string(i));
    s.queue(x, "chan");
  }
  s.talk();
  BOOST_TEST_REQUIRE(heard.broadcasts.size() == 100u);
  for (std::size_t i = 0; i < 100; ++i)
    BOOST_TEST(heard.broadcasts[i].second == std::to_string(i));
}

// -- back-pressure

BOOST_AUTO_TEST_CASE(a_batch_is_answered_late_while_the_remote_does_not_read) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(
      at('a').unicast("chan", s.name(), std::string(64 * 1024, 'x')));
  BOOST_TEST(!sent.front()->is_open);
  BOOST_TEST(sent.back()->is_open);
  s.talk();
  BOOST_TEST(!sent.back()->is_open);
  BOOST_TEST(!sent.back()->why, describe(sent.back()->why));
  BOOST_TEST(s.count("chan") == 40u);
}

BOOST_AUTO_TEST_CASE(unicasts_waiting_for_a_connection_that_ends_fail) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(
      at('a').unicast("chan", s.name(), std::string(64 * 1024, 'x')));
  s.hang_up();
  run_for(seconds{3});
  BOOST_TEST(!sent.back()->is_open);
  BOOST_TEST(bool{sent.back()->why});
}

BOOST_AUTO_TEST_CASE(a_remote_is_not_read_while_its_messages_are_not_handled) {
  add('a');
  at('a').recorded("chan").hold = true;
  stranger s{*this, at('a')};
  s.introduce();
  auto before = net().bytes_between(s.host(), at('a').host());
  for (int i = 0; i < 60; ++i)
    s.send(wire::message_tag::unicast, "chan", std::string(64 * 1024, 'x'),
           at('a').name());
  auto taken = net().bytes_between(s.host(), at('a').host()) - before;
  BOOST_TEST(taken < 2u * 1024 * 1024);
  ask<void>(at('a').gossiper("chan"), answer_all{});
  s.talk();
  BOOST_TEST(at('a').recorded("chan").unicasts.size() == 60u);
}

BOOST_AUTO_TEST_CASE(our_own_slowness_is_not_taken_for_the_remote_s_silence) {
  add('a');
  at('a').recorded("chan").hold = true;
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 60; ++i)
    s.send(wire::message_tag::unicast, "chan", std::string(64 * 1024, 'x'),
           at('a').name());
  for (int i = 0; i < 9; ++i) {
    s.queue_heartbeat();
    s.talk();
    run_for(seconds{20});
  }
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
