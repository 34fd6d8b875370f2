#include "actors/core/remote/packets.hpp"

#include <algorithm>

#include "messages/wire/byte_stream.hpp"

namespace cafmesh::remote {

using wire::append_fixed;
using wire::append_number;
using wire::append_run;
using wire::byte_reader;

namespace {

constexpr std::uint8_t format = 1;

// The maximum number of frames for which memory is reserved in advance. A
// packet may have far fewer frames than its size suggests.
constexpr std::size_t most_reserved = 1024;

bool is_kind(std::uint8_t x) {
  return x >= static_cast<std::uint8_t>(packet_kind::hello)
         && x <= static_cast<std::uint8_t>(packet_kind::farewell);
}

bool read_head(byte_reader& from, packet_head& out) {
  auto version = from.octet();
  auto kind = from.octet();
  out.from = peer_uid{from.fixed()};
  out.to = peer_uid{from.fixed()};
  out.from_token = from.fixed();
  out.to_token = from.fixed();
  out.epoch = from.number();
  if (from.failed() || version != format || !is_kind(kind))
    return false;
  out.kind = static_cast<packet_kind>(kind);
  return out.from_token != 0 && out.epoch <= max_number;
}

bool read_traffic(byte_reader& from, traffic_head& out) {
  auto flags = from.octet();
  out.wants_answer = flags == 1;
  for (auto field : {&out.number, &out.highest, &out.settled, &out.controls,
                     &out.credit, &out.large_credit})
    if ((*field = from.number()) > max_number)
      return false;
  return !from.failed() && flags <= 1 && out.number <= out.highest;
}

bool fits(const fragment_place& x, std::size_t size) {
  return x.message > 0 && x.offset <= x.total && size <= x.total - x.offset
         && (size == 0 || size >= least_fragment || x.offset + size == x.total);
}

bool read_frame(byte_reader& from, const payload& whole, frame_view& out) {
  auto kind = from.octet();
  if (kind > static_cast<std::uint8_t>(frame_kind::fragment))
    return false;
  out.kind = static_cast<frame_kind>(kind);
  if (!carries_data(out.kind)) {
    out.number = from.number();
    out.after = from.number();
  }
  if (out.kind == frame_kind::fragment)
    for (auto field : {&out.place.message, &out.place.offset, &out.place.total})
      *field = from.number();
  if (out.kind == frame_kind::lost) {
    out.first_lost = from.number();
    out.last_lost = from.number();
  } else {
    auto body = from.run();
    out.body = body.empty() ? payload{}
                            : whole.slice(static_cast<std::size_t>(
                                            body.data() - whole.view().data()),
                                          body.size());
  }
  auto largest = std::max({out.number, out.after, out.first_lost, out.last_lost,
                           out.place.message, out.place.total});
  return !from.failed() && largest <= max_number
         && (carries_data(out.kind) || out.number > 0)
         && (out.kind != frame_kind::fragment
             || fits(out.place, out.body.size()))
         && out.first_lost <= out.last_lost;
}

void append_numbered(bytes& out, frame_kind kind, std::uint64_t number,
                     std::uint64_t after) {
  out.push_back(static_cast<std::uint8_t>(kind));
  append_number(out, number);
  append_number(out, after);
}

} // namespace

void append_head(bytes& out, const packet_head& x) {
  out.push_back(format);
  out.push_back(static_cast<std::uint8_t>(x.kind));
  append_fixed(out, value_of(x.from));
  append_fixed(out, value_of(x.to));
  append_fixed(out, x.from_token);
  append_fixed(out, x.to_token);
  append_number(out, x.epoch);
}

void append_traffic(bytes& out, const traffic_head& x) {
  out.push_back(x.wants_answer ? 1 : 0);
  for (auto field :
       {x.number, x.highest, x.settled, x.controls, x.credit, x.large_credit})
    append_number(out, field);
}

void append_data(bytes& out, byte_view body) {
  out.push_back(static_cast<std::uint8_t>(frame_kind::data));
  append_run(out, body);
}

void append_control(bytes& out, std::uint64_t number, std::uint64_t after,
                    byte_view body) {
  append_numbered(out, frame_kind::control, number, after);
  append_run(out, body);
}

void append_lost(bytes& out, std::uint64_t number, std::uint64_t after,
                 std::uint64_t first, std::uint64_t last) {
  append_numbered(out, frame_kind::lost, number, after);
  append_number(out, first);
  append_number(out, last);
}

void append_fragment(bytes& out, const fragment_place& x, byte_view body) {
  out.push_back(static_cast<std::uint8_t>(frame_kind::fragment));
  append_number(out, x.message);
  append_number(out, x.offset);
  append_number(out, x.total);
  append_run(out, body);
}

std::optional<packet> read_packet(const payload& from) {
  packet result;
  if (!read_packet(from, result))
    return std::nullopt;
  return result;
}

bool read_packet(const payload& from, packet& out) {
  out.frames.clear();
  out.traffic = {};
  byte_reader reader{from.view()};
  if (!read_head(reader, out.head))
    return false;
  if (out.head.kind != packet_kind::traffic)
    return reader.at_end();
  if (!read_traffic(reader, out.traffic))
    return false;
  out.frames.reserve(
    std::min(reader.rest().size() / usual_frame + 1, most_reserved));
  while (!reader.at_end()) {
    if (out.frames.size() == max_frames)
      return false;
    auto& frame = out.frames.emplace_back();
    if (!read_frame(reader, from, frame)
        || (carries_data(frame.kind) && out.traffic.number == 0))
      return false;
  }
  return true;
}

} // namespace cafmesh::remote
