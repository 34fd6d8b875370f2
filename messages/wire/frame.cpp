#include "messages/wire/frame.hpp"

#include "messages/wire/gob.hpp"

namespace cafmesh::wire {

namespace {

constexpr std::size_t length_size = 4;

static_assert(max_frame_header >= length_size
              && max_frame_header >= max_gob_message_start);

// The maximum size in bytes of the type definitions before a `[]byte`. A
// `[]byte` needs no definitions, so a remote that sends many is malicious.
constexpr std::size_t max_preamble = 64 * 1024;

// The maximum total size in bytes of the three numbers before a frame's
// content: the type number, a zero and the length, of up to 9 bytes each.
constexpr std::size_t max_gob_overhead = 3 * 9;

frame_scan scan_length_prefix(byte_view input, std::size_t limit) noexcept {
  frame_scan result;
  if (input.size() < length_size)
    return result;
  std::size_t size = 0;
  for (auto x : input.sub(0, length_size))
    size = size << 8 | x;
  if (size > limit) {
    result.status = frame_status::too_large;
    return result;
  }
  result.needed = length_size + size;
  if (input.size() < result.needed)
    return result;
  result.status = frame_status::complete;
  result.consumed = result.needed;
  result.content = input.sub(length_size, size);
  return result;
}

// Reads the type number at the start of a message. Returns 0 if the number is
// incomplete.
std::int64_t peek_type(gob_cursor in) noexcept {
  auto type = in.read_int();
  return in.ok() ? type : 0;
}

bool announces_too_much(gob_cursor in, std::size_t limit) noexcept {
  in.read_int();
  in.read_uint();
  auto size = in.read_uint();
  return in.ok() && size > limit;
}

frame_scan scan_value(const gob_message& message, std::size_t consumed,
                      std::size_t limit) noexcept {
  frame_scan result;
  result.status = frame_status::malformed;
  gob_cursor in{message.body};
  if (message.type != static_cast<std::int64_t>(gob_type::byte_slice)
      || in.read_uint() != 0)
    return result;
  auto content = in.read_run();
  if (!in.ok() || !in.at_end())
    return result;
  if (content.size() > limit) {
    result.status = frame_status::too_large;
    return result;
  }
  result.status = frame_status::complete;
  result.consumed = consumed;
  result.content = content;
  return result;
}

// Scans an incomplete message. `preamble` is the size in bytes of the type
// definitions before the message.
frame_scan scan_partial(byte_view rest, std::size_t preamble,
                        std::size_t limit) noexcept {
  frame_scan result;
  gob_cursor in{rest};
  auto size = in.read_uint();
  if (!in.ok())
    return result;
  auto type = peek_type(gob_cursor{rest.sub(in.position())});
  auto most = type < 0 ? max_preamble - preamble : limit + max_gob_overhead;
  if (size > most
      || (type > 0
          && announces_too_much(gob_cursor{rest.sub(in.position())}, limit)))
    result.status = frame_status::too_large;
  else
    result.needed = preamble + in.position() + static_cast<std::size_t>(size);
  return result;
}

frame_scan scan_gob(byte_view input, std::size_t limit) noexcept {
  auto rest = input;
  for (;;) {
    auto preamble = input.size() - rest.size();
    frame_scan result;
    if (preamble > max_preamble) {
      result.status = frame_status::too_large;
      return result;
    }
    gob_message message;
    switch (take_gob_message(rest, message)) {
    case gob_status::end:
      return result;
    case gob_status::incomplete:
      return scan_partial(rest, preamble, limit);
    case gob_status::malformed:
      result.status = frame_status::malformed;
      return result;
    case gob_status::complete:
      if (message.type > 0)
        return scan_value(message, input.size() - rest.size(), limit);
      break;
    }
  }
}

} // namespace

frame_scan scan_frame(framing kind, byte_view input,
                      std::size_t limit) noexcept {
  return kind == framing::gob ? scan_gob(input, limit)
                              : scan_length_prefix(input, limit);
}

std::uint8_t* write_frame_header(framing kind, std::size_t content_size,
                                 std::uint8_t* to) noexcept {
  if (kind == framing::gob)
    return write_gob_bytes_message_header(to, content_size);
  for (auto i = length_size; i > 0; --i)
    *to++ = static_cast<std::uint8_t>(content_size >> (8 * (i - 1)));
  return to;
}

void append_frame_header(framing kind, std::size_t content_size, bytes& out) {
  std::uint8_t header[max_frame_header];
  out.insert(out.end(), header, write_frame_header(kind, content_size, header));
}

} // namespace cafmesh::wire
