#include "actors/core/link/link.hpp"

#include <malloc.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/blob.hpp"
#include "tests/support/watched_memory.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/gossiping.hpp>

// Tests of links: memory that messages share, the size of the buffer for
// reading, and messages that are dropped or refused.
namespace cafmesh {

namespace {

using test::kib;
using test::mib;

link link_of(bool outbound, bool encrypted, std::uint8_t version = 2) {
  crypto::handshake_config config;
  config.outbound = outbound;
  if (encrypted)
    config.passwords =
      std::make_shared<const std::vector<password>>(1, password{"password"});
  config.max_version = version;
  config.features = {{"Name", outbound ? "01" : "02"}, {"ConnID", "1"}};
  return link{config, crypto::key_pair::random(), name_flavour::mac};
}

/// Two links that have completed their handshake, connected without a socket.
struct link_pair {
  explicit link_pair(bool encrypted, std::uint8_t version = 2)
      : us(link_of(true, encrypted, version)),
        they(link_of(false, encrypted, version)) {
    for (auto i = 0; i < 4; ++i) {
      pass_on(us, they);
      pass_on(they, us);
    }
    BOOST_TEST_REQUIRE((they.stage() == crypto::handshake::stage::done));
    us.open();
    they.open();
  }

  void say(const bytes& data) {
    outgoing message;
    message.tag = wire::message_tag::unicast;
    message.source = peer_name::from_number(1);
    message.destination = peer_name::from_number(2);
    message.data = payload{data};
    BOOST_TEST_REQUIRE(!us.send("channel", message));
  }

  /// Sends a message whose frame has exactly `size` bytes.
  /// @pre the links do not encrypt
  void say_frame_of(std::size_t size) {
    // Starts with too much data, and removes one byte at a time until the frame
    // has this size. A message beyond the frame limit is not sent at all.
    for (auto data = size; us.output().size() != size; --data) {
      us.wrote(us.output().size());
      say(bytes(data));
    }
  }

  void tell(const bytes& data) {
    say(data);
    pass_on(us, they);
  }

  /// Passes on all output as a socket would, with at most `most` bytes per
  /// read.
  void pass_on(link& from, link& to, std::size_t most = SIZE_MAX) {
    auto output = from.output().to_bytes();
    from.wrote(output.size());
    for (std::size_t done = 0; done < output.size();) {
      auto room = to.read_room();
      auto size = std::min({room.size, output.size() - done, most});
      std::copy_n(output.data() + done, size, room.data);
      done += size;
      link_intake intake;
      BOOST_TEST_REQUIRE(!to.received(size, intake));
      overlay_messages += intake.overlay.size();
      ignored_overlay += intake.ignored_overlay;
      heartbeats += intake.heartbeats;
      for (const auto& batch : intake.channels) {
        deliveries all{{}, intake.block, {}};
        for (const auto& x : batch.messages)
          heard.push_back(all.data(x));
        const auto* data = heard.back().view().data();
        in_place = data >= room.data && data < room.data + room.size;
        last = batch.messages.back();
      }
    }
  }

  link us;
  link they;
  std::vector<payload> heard;
  delivery last;
  bool in_place = false; // whether `last` was not copied
  std::size_t overlay_messages = 0;
  std::size_t ignored_overlay = 0;
  std::size_t heartbeats = 0;
};

std::size_t allocated() {
  return mallinfo2().uordblks;
}

bytes sample(std::size_t size, std::uint8_t first) {
  bytes result(size);
  std::iota(result.begin(), result.end(), first);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_tests)

// A block may be reused for reading, but not while a message refers to it.
BOOST_AUTO_TEST_CASE(kept_messages_are_not_overwritten) {
  for (auto encrypted : {false, true})
    for (std::size_t most : {std::size_t{1000}, 20 * kib, SIZE_MAX}) {
      link_pair pair{encrypted};
      std::vector<bytes> said;
      for (std::uint8_t i = 0; i < 40; ++i) {
        const std::size_t sizes[] = {10, 70 * kib, 3000, 20 * kib};
        said.push_back(sample(sizes[i % 4] + i, i));
        pair.say(said.back());
        if (i % 3 == 0)
          pair.pass_on(pair.us, pair.they, most);
        if (i % 10 == 0) {
          pair.us.send_heartbeat();
          pair.they.send_heartbeat();
        }
      }
      pair.pass_on(pair.us, pair.they, most);
      BOOST_TEST_REQUIRE(pair.heard.size() == said.size());
      for (std::size_t i = 0; i < said.size(); ++i)
        BOOST_TEST((pair.heard[i].view() == byte_view{said[i]}),
                   "message " << i << ", reads of " << most);
    }
}

BOOST_AUTO_TEST_CASE(an_unauthenticated_remote_gets_a_small_buffer) {
  BOOST_TEST(link_of(false, true).room_wanted() == 4 * kib);
}

BOOST_AUTO_TEST_CASE(the_buffer_grows_with_the_data_that_arrives) {
  link_pair pair{true};
  for (std::uint8_t i = 0; i < 8; ++i)
    pair.say(sample(64 * kib, i));
  pair.pass_on(pair.us, pair.they);
  BOOST_TEST(pair.they.room_wanted() >= 64 * kib);
}

BOOST_AUTO_TEST_CASE(the_buffer_shrinks_after_a_large_message) {
  link_pair pair{true};
  pair.tell(sample(9 * mib, 1));
  pair.tell(sample(10, 2));
  BOOST_TEST(pair.heard.size() == 2u);
  BOOST_TEST(pair.they.room_wanted() <= 256 * kib);
}

BOOST_AUTO_TEST_CASE(the_buffer_shrinks_if_little_data_arrives) {
  link_pair pair{true};
  pair.tell(sample(200 * kib, 1));
  BOOST_TEST(pair.they.room_wanted() > 128 * kib);
  for (std::uint8_t i = 0; i < 10; ++i)
    pair.tell(sample(10, i));
  BOOST_TEST(pair.they.room_wanted() <= 8 * kib);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_frees_memory_that_was_not_needed) {
  link_pair pair{true};
  pair.tell(sample(200 * kib, 1));
  BOOST_TEST(pair.they.room_wanted() > 4 * kib);
  for (int i = 0; i < 2; ++i)
    pair.they.send_heartbeat();
  BOOST_TEST(pair.they.room_wanted() == 4 * kib);
}

BOOST_AUTO_TEST_CASE(without_an_overlay_its_messages_are_counted_and_dropped) {
  link_pair pair{false};
  pair.they.ignore_overlay();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(
      !pair.us.send_overlay(wire::message_tag::overlay_control, sample(10, 1)));
  pair.pass_on(pair.us, pair.they);
  BOOST_TEST(pair.overlay_messages == 0u);
  BOOST_TEST(pair.ignored_overlay == 3u);
}

BOOST_AUTO_TEST_CASE(a_message_arrives_with_its_source_and_destination) {
  link_pair pair{true};
  pair.tell(sample(10, 1));
  BOOST_TEST((pair.last.tag == wire::message_tag::unicast));
  BOOST_TEST((pair.last.source == peer_name::from_number(1)));
  BOOST_TEST((pair.last.destination == peer_name::from_number(2)));
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_ignored) {
  for (auto version : {std::uint8_t{1}, std::uint8_t{2}})
    for (auto encrypted : {false, true}) {
      link_pair pair{encrypted, version};
      pair.tell({1}); // also flushes the introduction
      const auto before = pair.heartbeats;
      pair.us.send_blank();
      pair.tell({2});
      BOOST_TEST(pair.us.version() == version);
      BOOST_TEST(pair.heard.size() == 2u);
      BOOST_TEST(pair.heartbeats == before);
    }
}

BOOST_AUTO_TEST_CASE(a_read_that_fills_the_buffer_doubles_it) {
  link_pair pair{false};
  const auto room = pair.they.room_wanted();
  pair.say_frame_of(room);
  pair.pass_on(pair.us, pair.they, room - 1);
  BOOST_TEST(pair.heard.size() == 1u);
  BOOST_TEST(pair.they.room_wanted() == 2 * room);
}

BOOST_AUTO_TEST_CASE(a_message_that_does_not_decode_is_named_by_its_tag) {
  link_pair pair{false};
  const bytes frame{
    0, 0, 0, 3, static_cast<std::uint8_t>(wire::message_tag::gossip), 99, 98};
  std::copy(frame.begin(), frame.end(), pair.they.read_room().data);
  link_intake intake;
  auto why = describe(pair.they.received(frame.size(), intake));
  auto tag = std::to_string(static_cast<int>(wire::message_tag::gossip));
  BOOST_TEST(why.find("tag " + tag + " does") != std::string::npos, why);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_frees_blocks_of_messages_that_are_gone) {
  const auto said = sample(70 * kib, 1);
  link_pair pair{true};
  test::watched_blocks blocks;
  // The pool does not keep its first `not_kept` blocks, so the link first
  // receives more messages than that.
  for (std::size_t i = 0; i < 2 * buffer_pool::not_kept; ++i) {
    pair.tell(said);
    pair.heard.clear();
  }
  BOOST_TEST(blocks.containing(said.data() + 1000, 1000) > 0u);
  pair.they.send_heartbeat();
  BOOST_TEST(blocks.containing(said.data() + 1000, 1000) == 0u);
}

BOOST_AUTO_TEST_CASE(an_idle_link_has_no_memory_to_read_into) {
  constexpr auto most = 2 * kib;
  constexpr auto frame_size = 3 * kib;
  link_pair pair{true};
  pair.tell(sample(10, 1));
  pair.heard.clear();
  const auto before = allocated();
  BOOST_TEST(pair.they.read_room().size == 4 * kib);
  pair.they.received_nothing();
  BOOST_TEST(allocated() < before + kib);
  pair.say(sample(frame_size, 1));
  pair.pass_on(pair.us, pair.they, most);
  pair.heard.clear();
  BOOST_TEST(allocated() < before + kib);
}

BOOST_AUTO_TEST_CASE(a_link_that_waits_for_the_introduction_keeps_no_block) {
  const auto before = allocated();
  std::vector<link> links;
  for (int i = 0; i < 100; ++i) {
    links.push_back(link_of(false, true));
    auto header = link_of(true, true).output().to_bytes();
    auto room = links.back().read_room();
    std::copy(header.begin(), header.end(), room.data);
    link_intake intake;
    BOOST_TEST_REQUIRE(!links.back().received(header.size(), intake));
    BOOST_TEST_REQUIRE(intake.channels.empty());
  }
  BOOST_TEST((allocated() - before) / 100 < 4 * kib);
}

BOOST_AUTO_TEST_CASE(an_idle_link_takes_little_memory) {
  link_pair first{true}; // for OpenSSL's one-time allocations
  const auto before = allocated();
  std::vector<std::unique_ptr<link_pair>> pairs;
  for (int i = 0; i < 100; ++i) {
    pairs.push_back(std::make_unique<link_pair>(true));
    auto& x = *pairs.back();
    x.us.forget_remote_features();
    x.they.forget_remote_features();
    link_intake none;
    BOOST_TEST_REQUIRE(!x.us.received(0, none));
    x.tell(bytes(kib));
    x.heard.clear();
  }
  const auto per_link = (allocated() - before) / 200;
  std::cout << "figure: " << per_link << " bytes for an idle link\n";
  BOOST_TEST(per_link < 3 * kib / 2);
}

BOOST_AUTO_TEST_CASE(the_buffer_shrinks_if_less_than_half_of_it_was_filled) {
  link_pair pair{false};
  pair.tell(bytes(200 * kib));
  const auto room = pair.they.room_wanted();
  pair.say_frame_of(room / 2);
  pair.pass_on(pair.us, pair.they);
  BOOST_TEST(pair.they.room_wanted() == room);
  pair.say_frame_of(room / 2 - 1);
  pair.pass_on(pair.us, pair.they);
  BOOST_TEST(pair.they.room_wanted() == room / 2);
}

BOOST_AUTO_TEST_CASE(
  messages_that_fill_a_quarter_of_the_buffer_are_not_copied) {
  link_pair pair{false};
  pair.tell(bytes(200 * kib));
  for (auto less : {0u, 1u}) {
    const auto room = pair.they.room_wanted();
    BOOST_TEST_REQUIRE(room / 4 > buffer_pool::least_size);
    pair.say_frame_of(room / 4 - less);
    pair.pass_on(pair.us, pair.they);
    BOOST_TEST(pair.in_place == (less == 0));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cafmesh
