#include <algorithm>
#include <cstdlib>
#include <map>
#include <new>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "crypto/frames/sealed_stream.hpp"
#include "crypto/keys/session_key.hpp"
#include "messages/wire/counter_state.hpp"
#include "messages/wire/features.hpp"
#include "messages/wire/gob.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/encoded_messages.hpp"
#include "tests/support/encoded_records.hpp"
#include "tests/support/every_reader.hpp"
#include "tests/support/sealing.hpp"
#include "tests/support/vectors.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/user_name.hpp>

using namespace cafmesh;
using namespace cafmesh::test;
using namespace cafmesh::wire;

// Tests that all readers and writers agree with bytes that the Go library
// produced, and that damaged bytes do no harm.

// -- the largest allocation of a reader

namespace {

std::size_t largest_allocation = 0;

} // namespace

// Not inlined, because g++ would warn of a mismatched `new` and `delete` if it
// inlined this operator.
[[gnu::noinline]] void* operator new(std::size_t size) {
  largest_allocation = std::max(largest_allocation, size);
  if (auto result = std::malloc(size))
    return result;
  throw std::bad_alloc{};
}

// std::stable_sort uses this form of `new`. The sanitizers' version of this
// form does not call the operator above.
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  largest_allocation = std::max(largest_allocation, size);
  return std::malloc(size);
}

[[gnu::noinline]] void operator delete(void* ptr) noexcept {
  std::free(ptr);
}

[[gnu::noinline]] void operator delete(void* ptr, std::size_t) noexcept {
  std::free(ptr);
}

namespace {

// -- contents of the files

const std::map<name_flavour, json>& files() {
  static const auto result = [] {
    std::map<name_flavour, json> read;
    for (auto flavour : all_name_flavours)
      read.emplace(flavour, load_vectors(flavour));
    return read;
  }();
  return result;
}

bool same(const std::vector<peer_record>& xs,
          const std::map<peer_name, peer_record>& ys) {
  return xs.size() == ys.size()
         && std::all_of(xs.begin(), xs.end(), [&](const auto& x) {
              auto y = ys.find(x.peer.name);
              return y != ys.end() && x.peer == y->second.peer
                     && x.connections == y->second.connections;
            });
}

std::vector<gob_message> messages_of(byte_view stream) {
  std::vector<gob_message> result;
  gob_message message;
  while (take_gob_message(stream, message) == gob_status::complete)
    result.push_back(message);
  BOOST_TEST(stream.empty());
  return result;
}

crypto::key_pair keys_in(const json& x, const char* open, const char* secret) {
  crypto::key_pair result;
  auto open_half = bytes_in(x, open);
  BOOST_REQUIRE(open_half.size() == result.open_half.size());
  std::copy(open_half.begin(), open_half.end(), result.open_half.begin());
  result.secret_half = crypto::key{bytes_in(x, secret)};
  return result;
}

void check_name(const caf::expected<peer_name>& found, const json& x,
                name_flavour flavour) {
  if (!x.at("ok").get<bool>()) {
    BOOST_TEST(is(found.error(), errc::bad_peer_name));
    return;
  }
  BOOST_REQUIRE(found);
  BOOST_TEST(found->str() == text_in(x, "name"));
  if (!x.contains("bytes"))
    return;
  auto binary = bytes_in(x, "bytes");
  BOOST_TEST((peer_name::from_bytes(binary, flavour) == *found));
  // The bytes of the unknown peer's name are not compared, because this name is
  // never sent. Go encodes it as no bytes, and cafmesh as zeros.
  bytes out;
  found->append_to(out);
  BOOST_TEST((found->is_unknown() || out == binary));
}

void check_scalar(const json& x) {
  auto input = bytes_in(x, "gob");
  auto type = text_in(x, "type");
  byte_view rest{input};
  bytes out;
  if (type == "uint") {
    auto in = take_gob_value(rest, gob_type::unsigned_int);
    BOOST_TEST(in.read_uint() == number_in(x, "value"));
    BOOST_TEST((in.ok() && in.at_end()));
    append_gob_uint_message(out, number_in(x, "value"));
  } else if (type == "string") {
    auto in = take_gob_value(rest, gob_type::text);
    BOOST_TEST(in.read_run().as_text() == text_in(x, "value"));
    BOOST_TEST((in.ok() && in.at_end()));
    append_gob_text_message(out, text_in(x, "value"));
  } else {
    BOOST_TEST(type == "bytes");
    auto in = take_gob_value(rest, gob_type::byte_slice);
    BOOST_TEST(to_hex(in.read_run()) == text_in(x, "value"));
    BOOST_TEST((in.ok() && in.at_end()));
    append_gob_bytes_message(out, bytes_in(x, "value"));
  }
  BOOST_TEST(rest.empty());
  BOOST_TEST(to_hex(out) == to_hex(input));
}

void check_features(const json& x) {
  auto expected = features_in(x);
  auto input = bytes_in(x, "gob");
  auto found = read_features(input);
  BOOST_REQUIRE(found);
  BOOST_TEST((*found == expected));
  bytes out;
  append_features(out, expected);
  // Only sizes are compared, because Go writes the keys in random order.
  BOOST_TEST(out.size() == input.size());
  BOOST_TEST((read_features(out) == expected));
}

void check_envelope(const json& x, name_flavour flavour) {
  auto tag = static_cast<message_tag>(number_in(x, "tag"));
  auto input = bytes_in(x, "gob");
  auto data = bytes_in(x, "payload");
  auto source = name_in(x, "src", flavour);
  auto destination = x.contains("dst") ? name_in(x, "dst", flavour)
                                       : peer_name::unknown(flavour);
  envelope found;
  BOOST_REQUIRE(read_envelope(tag, input, flavour, found));
  BOOST_TEST(found.channel == text_in(x, "channel"));
  BOOST_TEST((found.source == source));
  BOOST_TEST((found.destination == destination));
  BOOST_TEST((found.data == byte_view{data}));
  bytes out;
  append_message(tag, found.channel, source, destination, data, out);
  BOOST_TEST(
    out.size()
    == message_size(tag, found.channel, source, destination, data.size()));
  BOOST_TEST(out[0] == number_in(x, "tag"));
  BOOST_TEST((byte_view{out}.sub(1) == byte_view{input}));
}

// Compares value by value with the bytes of a Go peer. Connections can only be
// compared if there are fewer than two, because their order is random in Go.
void check_values(const std::vector<gob_message>& go, const peer_record& x) {
  bytes out;
  append_peer_record(out, x);
  auto ours = messages_of(out);
  BOOST_REQUIRE((ours.size() == 2 && go.size() == 2));
  BOOST_TEST(to_hex(ours[0].body) == to_hex(go[0].body));
  BOOST_TEST(ours[1].body.size() == go[1].body.size());
  if (x.connections.size() < 2)
    BOOST_TEST(to_hex(ours[1].body) == to_hex(go[1].body));
}

// Whether Go's type numbers are the same as ours. They depend on what the Go
// program has encoded before.
bool has_our_numbers(const std::vector<gob_message>& go) {
  return std::all_of(go.begin(), go.end(), [](const auto& x) {
    return x.type < 0 || x.type == 66 || x.type == 68;
  });
}

void check_definitions(const std::vector<gob_message>& go) {
  std::map<std::int64_t, std::string> theirs;
  std::map<std::int64_t, std::string> ours;
  for (const auto& x : go)
    if (x.type < 0)
      theirs[x.type] = to_hex(x.body);
  for (const auto& x : messages_of(topology_definitions()))
    ours[x.type] = to_hex(x.body);
  BOOST_TEST((ours == theirs));
}

void check_update(const json& x, name_flavour flavour) {
  auto input = bytes_in(x, "gob");
  auto expected = records_in(x, flavour);
  auto messages = messages_of(input);
  if (has_our_numbers(messages))
    check_definitions(messages);
  caf::error err;
  auto peers = read_update(input, flavour, err);
  auto peer = peers.begin();
  std::vector<gob_message> pair;
  for (const auto& message : messages) {
    if (message.type > 0)
      pair.push_back(message);
    if (pair.size() < 2)
      continue;
    BOOST_REQUIRE((peer != peers.end()));
    check_values(pair, expected[(peer++)->peer.name]);
    pair.clear();
  }
  BOOST_TEST((peer == peers.end() && pair.empty()));
}

void check_frames(const json& x, const crypto::key& session_key) {
  std::map<bool, crypto::sealed_stream> sealing;
  std::map<bool, crypto::sealed_stream> opening;
  for (const auto& frame : section(x, "frames")) {
    auto outbound = frame.at("sender_outbound").get<bool>();
    auto plain = bytes_in(frame, "plain");
    auto sealed = bytes_in(frame, "sealed");
    auto& to =
      sealing.try_emplace(outbound, session_key, outbound).first->second;
    auto& from =
      opening.try_emplace(outbound, session_key, outbound).first->second;
    BOOST_TEST(to.sequence() == number_in(frame, "sequence"));
    BOOST_TEST(to_hex(test::sealed(to, plain)) == to_hex(sealed));
    bytes opened(plain.size());
    for (auto at : {std::size_t{0}, sealed.size() / 2, sealed.size() - 1}) {
      auto damaged = sealed;
      damaged[at] ^= 1;
      BOOST_TEST(!from.open(damaged.data(), damaged.size(), opened.data()));
    }
    BOOST_TEST(from.open(sealed.data(), sealed.size(), opened.data()));
    BOOST_TEST(to_hex(opened) == to_hex(plain));
  }
}

// -- damage

void read_damaged(const bytes& xs, name_flavour flavour) {
  // This copy has no spare capacity, so that sanitizers notice an overread.
  bytes input(xs.begin(), xs.end());
  largest_allocation = 0;
  read_everything(input, flavour);
  BOOST_REQUIRE(largest_allocation <= 8 * input.size() + 8192);
}

// Returns all byte strings in `vectors` that a remote could send.
std::vector<bytes> inputs_in(const json& vectors, name_flavour flavour) {
  std::vector<bytes> result;
  for (auto name : {"scalars", "features", "gossip", "topology"})
    for (const auto& x : section(vectors, name))
      result.push_back(bytes_in(x, "gob"));
  result.push_back(bytes_in(vectors.at("v1_stream"), "gob"));
  counter_map counters;
  for (const auto& x : section(vectors, "peer_names"))
    result.push_back(byte_view{text_in(x, "input")}.to_bytes());
  for (const auto& x : section(vectors, "gossip"))
    counters[name_in(x, "src", flavour)] = -1;
  append_counters(result.emplace_back(), counters, flavour);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vectors_tests)

BOOST_AUTO_TEST_CASE(go_scalars_are_read_and_written) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "scalars"))
      check_scalar(x);
  }
}

BOOST_AUTO_TEST_CASE(go_features_are_read_and_written) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "features"))
      check_features(x);
  }
}

BOOST_AUTO_TEST_CASE(go_features_introduce_a_peer) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "features")) {
      auto expected = features_in(x);
      auto intro = parse_introduction(expected, flavour);
      BOOST_REQUIRE(intro);
      for (const auto& [key, value] : to_features(*intro))
        BOOST_TEST((expected.count(key) == 0 || expected[key] == value), key);
    }
  }
}

BOOST_AUTO_TEST_CASE(go_gossip_is_read_and_written) {
  for (const auto& [flavour, vectors] : files()) {
    std::set<std::uint64_t> tags;
    for (const auto& x : section(vectors, "gossip")) {
      check_envelope(x, flavour);
      tags.insert(number_in(x, "tag"));
    }
    BOOST_TEST((tags == std::set<std::uint64_t>{4, 5, 6}));
  }
}

BOOST_AUTO_TEST_CASE(go_topology_is_read) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "topology")) {
      caf::error err;
      auto found = read_update(bytes_in(x, "gob"), flavour, err);
      BOOST_TEST(describe(err) == "none");
      BOOST_TEST(!found.empty());
      BOOST_TEST(same(found, records_in(x, flavour)));
    }
  }
}

BOOST_AUTO_TEST_CASE(topology_is_written_as_go_does) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "topology")) {
      check_update(x, flavour);
      auto expected = records_in(x, flavour);
      auto out = topology_definitions().to_bytes();
      for (const auto& [name, record] : expected)
        append_peer_record(out, record);
      caf::error err;
      BOOST_TEST(same(read_update(out, flavour, err), expected));
      BOOST_TEST(describe(err) == "none");
    }
  }
}

BOOST_AUTO_TEST_CASE(go_sessions_are_sealed_and_opened) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "sessions")) {
      auto a = keys_in(x, "a_public", "a_private");
      auto b = keys_in(x, "b_public", "b_private");
      password password{text_in(x, "password")};
      auto at_a = crypto::make_session_key(a, b.open_half, password);
      auto at_b = crypto::make_session_key(b, a.open_half, password);
      BOOST_REQUIRE((at_a && at_b));
      BOOST_TEST(to_hex(at_a->view()) == text_in(x, "session_key"));
      BOOST_TEST(to_hex(at_b->view()) == text_in(x, "session_key"));
      check_frames(x, *at_a);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_go_stream_of_version_1_is_read) {
  for (const auto& [flavour, vectors] : files()) {
    const auto& x = vectors.at("v1_stream");
    auto input = bytes_in(x, "gob");
    std::size_t consumed = 0;
    auto features = read_features(input, &consumed);
    BOOST_REQUIRE(features);
    BOOST_TEST((*features == features_in(x)));
    auto rest = byte_view{input}.sub(consumed);
    for (const auto& message : section(x, "messages")) {
      auto found = scan_frame(framing::gob, rest, max_frame_size);
      BOOST_REQUIRE((found.status == frame_status::complete));
      BOOST_TEST(to_hex(found.content) == text_of(message));
      bytes out;
      append_frame_header(framing::gob, found.content.size(), out);
      out.insert(out.end(), found.content.begin(), found.content.end());
      BOOST_TEST((byte_view{out} == rest.sub(0, found.consumed)));
      rest = rest.sub(found.consumed);
    }
    BOOST_TEST(rest.empty());
  }
}

BOOST_AUTO_TEST_CASE(names_parse_as_in_go) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "peer_names"))
      check_name(peer_name::parse(text_in(x, "input"), flavour), x, flavour);
  }
}

BOOST_AUTO_TEST_CASE(user_input_gives_the_same_names_as_in_go) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& x : section(vectors, "peer_names_user_input"))
      check_name(name_from_user_input(text_in(x, "input"), flavour), x,
                 flavour);
  }
}

BOOST_AUTO_TEST_CASE(truncated_go_bytes_do_no_harm) {
  for (const auto& [flavour, vectors] : files()) {
    for (const auto& whole : inputs_in(vectors, flavour))
      for (std::size_t size = 0; size <= whole.size(); ++size)
        read_damaged(byte_view{whole}.sub(0, size).to_bytes(), flavour);
  }
}

BOOST_AUTO_TEST_CASE(damaged_go_bytes_do_no_harm) {
  for (const auto& [flavour, vectors] : files()) {
    auto inputs = inputs_in(vectors, flavour);
    damage source{inputs};
    for (int i = 0; i < 20'000; ++i)
      read_damaged(source.next(), flavour);
  }
}

BOOST_AUTO_TEST_SUITE_END()
