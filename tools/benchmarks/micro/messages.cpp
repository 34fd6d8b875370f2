#include "messages/wire/envelope.hpp"
#include "messages/wire/features.hpp"
#include "messages/wire/frame.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Benchmarks of frames, of messages, and of the features that peers exchange
// when they connect.

namespace bench {

namespace {

using namespace cafmesh;

constexpr std::size_t count = 1000;
constexpr std::size_t message_size = 64;
constexpr const char* channel = "measured";
constexpr peer_name source = peer_name::from_number(0x0102'0304'0506);
constexpr peer_name destination = peer_name::from_number(0x0a0b'0c0d'0e0f);

// -- frames

bytes many_frames(wire::framing kind) {
  bytes result;
  for (std::size_t i = 0; i < count; ++i) {
    wire::append_frame_header(kind, message_size, result);
    result.resize(result.size() + message_size);
  }
  return result;
}

micro_case scan_case(const char* name, wire::framing kind) {
  auto prepare = [kind] {
    return [kind, input = many_frames(kind)] {
      byte_view rest = input;
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < count; ++i) {
        auto frame = wire::scan_frame(kind, rest, wire::max_frame_size);
        sum += frame.content.size();
        rest = rest.sub(frame.consumed);
      }
      return sum;
    };
  };
  return {name, count, many_frames(kind).size(), prepare};
}

// -- messages

void append_head(bytes& out) {
  wire::append_message_head(wire::message_tag::unicast, channel, source,
                            destination, message_size, out);
}

bytes one_message() {
  bytes result;
  append_head(result);
  result.resize(result.size() + message_size);
  return result;
}

round_of_work write_heads() {
  // Writes only the envelopes, because a link copies the data straight into the
  // frame.
  return [head = bytes{}]() mutable {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      head.clear();
      append_head(head);
      sum += head.size() + head.back();
    }
    return sum;
  };
}

round_of_work read_messages() {
  return [input = one_message()] {
    std::uint64_t sum = 0;
    wire::envelope x;
    for (std::size_t i = 0; i < count; ++i)
      if (wire::read_envelope(wire::message_tag::unicast,
                              byte_view{input}.sub(1), name_flavour::mac, x))
        sum += x.data.size() + x.destination.number();
    return sum;
  };
}

// -- features

wire::introduction someone() {
  wire::introduction result;
  result.name = source;
  result.nickname = "some host";
  result.uid = peer_uid{0x1234'5678'9abc'def0};
  result.connection_half = 0x0fed'cba9'8765'4321;
  result.alias = short_id{1234};
  return result;
}

bytes written_features() {
  bytes result;
  wire::append_features(result, wire::to_features(someone()));
  return result;
}

round_of_work write_features() {
  return [out = bytes{}, x = someone()]() mutable {
    out.clear();
    wire::append_features(out, wire::to_features(x));
    return out.size();
  };
}

round_of_work read_features() {
  return [input = written_features()] {
    auto features = wire::read_features(input);
    auto x = wire::parse_introduction(*features, name_flavour::mac);
    return value_of(x->uid) + x->nickname.size();
  };
}

} // namespace

std::vector<micro_case> message_cases() {
  auto all_messages = count * one_message().size();
  auto all_heads = all_messages - count * message_size;
  return {
    scan_case("frames of 64 B scanned", wire::framing::length_prefix),
    scan_case("frames of 64 B scanned, version 1", wire::framing::gob),
    {"unicast heads written", count, all_heads, write_heads},
    {"unicasts of 64 B read", count, all_messages, read_messages},
    {"features written", 1, written_features().size(), write_features},
    {"features read", 1, written_features().size(), read_features},
  };
}

} // namespace bench
