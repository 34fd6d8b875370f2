#include "messages/wire/topology_update.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "messages/wire/topology_fields.hpp"

namespace cafmesh::wire {

namespace {

constexpr std::int64_t summary_type = 66;
constexpr std::int64_t connection_type = 67;
constexpr std::int64_t connections_type = 68;

// The numbers of the fields of Go's wireType, counted from 1.
constexpr std::uint64_t slice_definition = 2;
constexpr std::uint64_t struct_definition = 3;

// Appends the name and the number with which each definition and each field
// begins. An empty name is left out.
void append_named(bytes& out, std::string_view name, std::int64_t number) {
  if (!name.empty()) {
    out.push_back(1);
    append_gob_run(out, byte_view{name});
  }
  out.push_back(name.empty() ? 2 : 1);
  append_gob_int(out, number);
  out.push_back(0);
}

template <std::size_t N>
void append_struct(bytes& out, std::string_view name, std::int64_t number,
                   const std::array<field_spec, N>& fields) {
  bytes body;
  append_gob_int(body, -number);
  append_gob_uint(body, struct_definition);
  body.push_back(1);
  append_named(body, name, number);
  body.push_back(1);
  append_gob_uint(body, N);
  for (const auto& x : fields)
    append_named(body, x.name, number_of(x.type));
  body.insert(body.end(), {0, 0});
  append_gob_run(out, body);
}

void append_slice(bytes& out, std::int64_t number, std::int64_t element) {
  bytes body;
  append_gob_int(body, -number);
  append_gob_uint(body, slice_definition);
  body.push_back(1);
  append_named(body, {}, number);
  body.push_back(1);
  append_gob_int(body, element);
  body.insert(body.end(), {0, 0});
  append_gob_run(out, body);
}

bytes make_definitions() {
  bytes result;
  append_struct(result, "peerSummary", summary_type, summary_fields);
  append_slice(result, connections_type, connection_type);
  append_struct(result, "connectionSummary", connection_type,
                connection_fields);
  return result;
}

constexpr std::size_t max_name_run = 1 + max_name_size;
// The maximum size in bytes of a struct without its texts. Each field takes one
// byte that announces it, and the end of the struct takes one byte.
constexpr std::size_t max_summary_overhead =
  summary_fields.size() + 1 + max_name_run + 5 * max_gob_uint_size;
constexpr std::size_t max_connection_overhead =
  connection_fields.size() + 1 + max_name_run + 3 * max_gob_uint_size;
// The maximum size in bytes of a message apart from its structs: its own size,
// its type and the length of a list.
constexpr std::size_t max_message_overhead = 3 * max_gob_uint_size + 1;

// Copies a text. Most texts are addresses of 9 to 21 characters. For these,
// overlapping copies of a fixed size are cheaper than one copy of a variable
// size.
std::uint8_t* copy_short(byte_view xs, std::uint8_t* to) noexcept {
  constexpr std::size_t part = 8;
  auto size = xs.size();
  if (size < part || size > 3 * part)
    return std::copy(xs.begin(), xs.end(), to);
  auto copy_part = [&](std::size_t at) {
    std::memcpy(to + at, xs.data() + at, part);
  };
  copy_part(0);
  if (size > 2 * part)
    copy_part(part);
  copy_part(size - part);
  return to + size;
}

// Writes into memory that the caller has made large enough. That is much faster
// than appending byte by byte.
class room_writer {
public:
  explicit room_writer(std::uint8_t* to) noexcept : to_(to) {
  }
  std::uint8_t* position() const noexcept {
    return to_;
  }

  void byte(std::uint8_t x) noexcept {
    *to_++ = x;
  }
  void number(std::uint64_t x) noexcept {
    to_ = write_gob_uint(to_, x);
  }
  void run(byte_view x) noexcept {
    number(x.size());
    to_ = copy_short(x, to_);
  }
  void run(peer_name x) noexcept {
    number(x.size());
    to_ = x.write_to(to_);
  }

  /// Writes a message: leaves room for its size, writes the body, and closes
  /// the gap if the size takes fewer bytes than there was room for.
  /// @param most the maximum number of bytes that `write_body` writes, not
  ///        counting the length of a list.
  template <class Write>
  void message(std::int64_t type, std::size_t most, Write write_body) {
    auto start = to_;
    auto body = to_ += gob_uint_size(max_message_overhead + most);
    to_ = write_gob_int(to_, type);
    write_body();
    auto size = static_cast<std::size_t>(to_ - body);
    auto end_of_size = write_gob_uint(start, size);
    if (end_of_size != body)
      to_ = std::copy(body, to_, end_of_size);
  }

private:
  std::uint8_t* to_;
};

// Writes the fields of a struct value. As gob demands, fields that are zero are
// left out.
class field_writer {
public:
  explicit field_writer(room_writer& out) noexcept : out_(out) {
  }
  void name(peer_name x) noexcept {
    if (announce(!x.is_unknown()))
      out_.run(x);
  }
  void text(std::string_view x) noexcept {
    if (announce(!x.empty()))
      out_.run(byte_view{x});
  }
  void number(std::uint64_t x) noexcept {
    if (announce(x != 0))
      out_.number(x);
  }
  void end() noexcept {
    out_.byte(0);
  }

private:
  bool announce(bool present) noexcept {
    ++distance_;
    if (present)
      out_.byte(std::exchange(distance_, std::uint8_t{0}));
    return present;
  }

  room_writer& out_;
  std::uint8_t distance_ = 0;
};

void write_summary(room_writer& out, const peer_summary& x) {
  out.message(summary_type, max_summary_overhead + x.nickname.size(), [&] {
    field_writer fields{out};
    fields.name(x.name);
    fields.text(x.nickname);
    fields.number(value_of(x.uid));
    fields.number(x.version);
    fields.number(x.alias ? value_of(*x.alias) : 0);
    fields.number(x.alias ? 1 : 0);
    fields.end();
  });
}

void write_connections(room_writer& out, std::size_t most,
                       const std::vector<connection_view>& xs) {
  out.message(connections_type, most, [&] {
    out.byte(0);
    out.number(xs.size());
    for (const auto& x : xs) {
      field_writer fields{out};
      fields.name(x.remote);
      fields.text(x.remote_address);
      fields.number(x.outbound ? 1 : 0);
      fields.number(x.established ? 1 : 0);
      fields.end();
    }
  });
}

} // namespace

byte_view topology_definitions() {
  static const bytes result = make_definitions();
  return result;
}

byte_view write_peer_record(bytes& room, const peer_summary& peer,
                            const std::vector<connection_view>& connections) {
  auto most = connections.size() * max_connection_overhead;
  for (const auto& x : connections)
    most += x.remote_address.size();
  auto all = most + max_summary_overhead + peer.nickname.size()
             + 2 * max_message_overhead;
  if (room.size() < all)
    room.resize(all);
  room_writer out{room.data()};
  write_summary(out, peer);
  write_connections(out, most, connections);
  return {room.data(), static_cast<std::size_t>(out.position() - room.data())};
}

} // namespace cafmesh::wire
