#include <algorithm>

#include "tests/support/blob.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of relayed data that waits because a neighbour accepts no data. In the
// drawings, letters are nodes, except that `s` is a scripted peer, and `--x--`
// is a link that transports nothing.
namespace {

peer_name source(std::size_t number) {
  return peer_name::from_number(100 + number);
}

std::vector<peer_record> with_others_behind(const stranger& s, const node& at,
                                            std::size_t count) {
  peer_record middle;
  middle.peer.name = s.name();
  middle.peer.uid = peer_uid{4711};
  middle.peer.version = 10;
  std::vector<peer_record> result;
  for (std::size_t i = 0; i < count; ++i) {
    peer_record one;
    one.peer.name = source(i);
    one.peer.uid = peer_uid{i + 1};
    one.peer.version = 1;
    one.connections = {{s.name(), "10.0.0.115:6783", true, true}};
    middle.connections.push_back({one.peer.name, "10.0.1.1:9", false, true});
    result.push_back(std::move(one));
  }
  middle.connections.push_back({at.name(), at.address(), true, true});
  std::sort(middle.connections.begin(), middle.connections.end(),
            [](const auto& x, const auto& y) { return x.remote < y.remote; });
  result.push_back(std::move(middle));
  return result;
}

const std::string many = "bcdefghijklmnopqrtuvwxy";

//   peers that `s` makes up --- s --- a --- b
struct slow_neighbours : mesh {
  std::size_t left_to(const node& x, const node& y) {
    return net().bytes_between(x.host(), y.host());
  }
  void build_hub(const std::string& letters) {
    std::string lines;
    for (auto letter : letters)
      lines += std::string("a") + letter + " ";
    build(lines);
  }
  /// Unblocks the link from x to y.
  /// @returns the number of bytes that had been waiting
  std::size_t let_through(const node& x, const node& y) {
    const auto before = left_to(x, y);
    net().unblock(x.host(), y.host());
    run();
    return left_to(x, y) - before;
  }
  void queue(stranger& s, wire::message_tag tag, peer_name from,
             const std::string& channel, const payload& data) {
    outgoing x;
    x.tag = tag;
    x.source = from;
    x.data = data;
    s.queue(x, channel);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slow_neighbours_tests, slow_neighbours)

BOOST_AUTO_TEST_CASE(data_relayed_to_a_neighbour_is_bounded_over_all_channels) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  s.send_topology(with_others_behind(s, at('a'), 8));
  net().block(at('a').host(), at('b').host());
  const payload data{bytes(64 * kib, 'x')};
  for (int i = 0; i < 40; ++i) {
    for (int channel = 0; channel < 32; ++channel)
      for (std::size_t from = 0; from < 8; from += 4)
        queue(s, wire::message_tag::broadcast,
              source(from + static_cast<std::size_t>(channel % 4)),
              "other" + std::to_string(channel), data);
    s.push();
  }
  BOOST_TEST(at('a').log().has("the oldest messages are dropped"));
  const auto before = left_to(at('a'), at('b'));
  const auto waited = let_through(at('a'), at('b'));
  BOOST_TEST(waited > 8 * mib);
  BOOST_TEST(waited <= 17 * mib);
  const payload other{bytes(64 * kib, 'y')};
  queue(s, wire::message_tag::broadcast, source(0), "other0", other);
  s.push();
  BOOST_TEST(left_to(at('a'), at('b')) - before - waited >= 64 * kib);
}

BOOST_AUTO_TEST_CASE(many_channels_that_lose_data_write_few_lines) {
  constexpr int channels = 200;
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  s.send_topology(with_others_behind(s, at('a'), 8));
  net().block(at('a').host(), at('b').host());
  const payload data{bytes(64 * kib, 'x')};
  auto flood = [&] {
    for (int i = 0; i < 4; ++i)
      for (int channel = 0; channel < channels; ++channel) {
        queue(s, wire::message_tag::broadcast, source(0),
              "other" + std::to_string(channel), data);
        s.push();
      }
  };
  flood();
  const std::string dropped = "the oldest messages are dropped";
  const auto lines = at('a').log().count({dropped});
  BOOST_TEST(lines > 0u);
  BOOST_TEST(lines <= 65u);
  BOOST_TEST(at('a').log().count({dropped, "more left out"}) == 0u);
  let_through(at('a'), at('b'));
  for (int i = 0; i < 13; ++i) {
    s.queue_heartbeat();
    s.talk();
    run_for(seconds{5});
  }
  net().block(at('a').host(), at('b').host());
  flood();
  BOOST_TEST(at('a').log().count({dropped}) <= 130u);
  BOOST_TEST(at('a').log().count({dropped, "more left out"}) > 0u);
}

BOOST_AUTO_TEST_CASE(data_that_fits_no_frame_is_logged_once_a_minute) {
  build("ab");
  const std::string large(11 * mib, 'x');
  auto large_lines = [&] {
    return at('a').log().count({"channel 'chan'", "a frame holds"});
  };
  for (int i = 0; i < 5; ++i) {
    at('a').gossip("chan", large);
    settle();
  }
  BOOST_TEST(large_lines() == 1u);
  run_for(minutes{1});
  at('a').gossip("chan", large);
  settle();
  BOOST_TEST(large_lines() == 2u);
  BOOST_TEST(at('a').log().count({"a frame holds", "(4 more left out)"}) == 1u);
}

BOOST_AUTO_TEST_CASE(data_relayed_to_all_neighbours_is_bounded) {
  build_hub(many + "z");
  stranger s{*this, at('a')};
  s.introduce();
  s.send_topology(with_others_behind(s, at('a'), 8));
  const payload data{bytes(64 * kib, 'x')};
  auto flood = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      for (int channel = 0; channel < 32; ++channel)
        queue(s, wire::message_tag::broadcast, source(0),
              "other" + std::to_string(channel), data);
      s.push();
    }
  };
  for (auto letter : many)
    net().block(at('a').host(), at(letter).host());
  flood(9);
  net().block(at('a').host(), at('z').host());
  flood(9);
  const auto late = let_through(at('a'), at('z'));
  BOOST_TEST(late >= 2 * mib);
  auto waited = late;
  for (auto letter : many)
    waited += let_through(at('a'), at(letter));
  BOOST_TEST(waited >= 128 * mib);
  BOOST_TEST(waited <= (256 + many.size() * 2) * mib);
}

BOOST_AUTO_TEST_CASE(relayed_gossip_is_bounded) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 20; ++i) {
    for (std::uint8_t channel = 0; channel < 32; ++channel) {
      bytes data(64 * kib, 'x');
      data[0] = static_cast<std::uint8_t>(i);
      queue(s, wire::message_tag::gossip, s.name(),
            "other" + std::to_string(channel), payload{std::move(data)});
    }
    s.push();
  }
  const auto waited = let_through(at('a'), at('b'));
  BOOST_TEST(waited > 8 * mib);
  BOOST_TEST(waited <= 17 * mib);
}

BOOST_AUTO_TEST_CASE(unicasts_on_ever_new_channels_are_bounded) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  net().block(at('a').host(), at('b').host());
  for (int channel = 0; channel < 60; ++channel) {
    outgoing x;
    x.tag = wire::message_tag::unicast;
    x.source = s.name();
    x.destination = at('b').name();
    x.data = payload{bytes(512 * kib, 'x')};
    s.queue(x, "other" + std::to_string(channel));
    s.push();
    s.queue_heartbeat();
    if (channel % 3 == 0)
      run_for(milliseconds{1500});
  }
  const auto waited = let_through(at('a'), at('b'));
  BOOST_TEST(waited > 8 * mib);
  BOOST_TEST(waited <= 20 * mib);
}

BOOST_AUTO_TEST_CASE(unicasts_to_all_neighbours_are_bounded) {
  build_hub(many);
  for (auto letter : many)
    net().block(at('a').host(), at(letter).host());
  const auto data = blob(512 * kib);
  for (int i = 0; i < 20; ++i) {
    auto channel = "own" + std::to_string(i);
    at('a').join(channel);
    for (auto letter : many)
      for (int j = 0; j < 2; ++j)
        at('a').unicast(channel, at(letter), data);
  }
  std::size_t waited = 0;
  for (auto letter : many)
    waited += let_through(at('a'), at(letter));
  BOOST_TEST(waited >= 128 * mib);
  BOOST_TEST(waited <= (256 + many.size() * 2) * mib);
}

//   a --- b --x-- c
BOOST_AUTO_TEST_CASE(a_relay_pushes_back_and_loses_nothing) {
  build("ab bc");
  at('c').recorded("chan").sizes_only = true;
  net().block(at('b').host(), at('c').host());
  const auto before = left_to(at('a'), at('b'));
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 60; ++i)
    sent.push_back(at('a').unicast("chan", at('c'), blob(64 * kib)));
  auto open = std::count_if(sent.begin(), sent.end(),
                            [](const auto& x) { return x->is_open; });
  BOOST_TEST(open > 0);
  // `b` must stop reading before it has read all 60 * 64 KiB = 3.75 MiB.
  BOOST_TEST(left_to(at('a'), at('b')) - before <= 5 * mib / 2);
  BOOST_TEST(at('c').recorded("chan").unicasts.empty());
  run_for(milliseconds{300});
  BOOST_TEST(sent.back()->is_open);
  net().unblock(at('b').host(), at('c').host());
  run();
  for (const auto& x : sent)
    BOOST_TEST((!x->is_open && !x->why), describe(x->why));
  BOOST_TEST(at('c').recorded("chan").unicasts.size() == 60u);
}

// `c` is stuck while `b` relays for `a`. `b` must accept data again before `a`
// considers `b` stuck too and drops its messages for `d`.
//     a --- b --x-- c     d is connected to b too
BOOST_AUTO_TEST_CASE(a_relay_accepts_data_before_its_senders_give_it_up) {
  build("ab bc bd");
  net().block(at('b').host(), at('c').host());
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 60; ++i)
    sent.push_back(at('a').unicast("chan", at('c'), blob(64 * kib)));
  auto to_d = at('a').unicast("chan", at('d'), "hello");
  BOOST_TEST(to_d->is_open);
  run_for(milliseconds{700});
  BOOST_TEST((!to_d->is_open && !to_d->why), describe(to_d->why));
  BOOST_TEST(at('d').recorded("chan").unicasts.size() == 1u);
  for (const auto& x : sent)
    BOOST_TEST((!x->is_open && !x->why), describe(x->why));
}

BOOST_AUTO_TEST_SUITE_END()
