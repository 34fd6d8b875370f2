#include "topology_update.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "topology_fields.hpp"

namespace cafmesh::wire {

namespace {

constexpr std::int64_t summary_type = 66;
constexpr std::int64_t connection_type = 67;
constexpr std::int64_t connections_type = 68;

// Go's wireType: these are the numbers of its fields, counted from 1.
constexpr std::uint64_t slice_definition = 2;
constexpr std::uint64_t struct_definition = 3;

// A name and a number, as each definition and each field has them.
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

// Writes into room that is known to be large enough: what a large mesh says is
// encoded several times as fast as by appending bytes one by one.
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
    to_ = std::copy(x.begin(), x.end(), to_);
  }
  void run(peer_name x) noexcept {
    number(x.size());
    to_ = x.write_to(to_);
  }

private:
  std::uint8_t* to_;
};

// With its length.
constexpr std::size_t max_name_size = 1 + 16;
// Each field is announced by a byte, and one more is the end.
constexpr std::size_t max_summary_overhead =
  summary_fields.size() + 1 + max_name_size + 5 * max_gob_uint_size;
constexpr std::size_t max_connection_overhead =
  connection_fields.size() + 1 + max_name_size + 3 * max_gob_uint_size;

// Writes the fields of a struct value. Those that are zero are left out, as
// gob demands for equal values to have equal bytes.
class field_writer {
public:
  explicit field_writer(room_writer& out) noexcept : out_(out) {
  }
  void name(peer_name x) noexcept {
    if (announce(!x.is_unknown()))
      out_.run(x);
  }
  void text(const std::string& x) noexcept {
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

// Lets `write` fill room of `most` bytes at the end and keeps what it wrote.
template <class Write>
void append_at_most(bytes& out, std::size_t most, Write write) {
  auto before = out.size();
  out.resize(before + most);
  room_writer room{out.data() + before};
  write(room);
  out.resize(static_cast<std::size_t>(room.position() - out.data()));
}

// Puts its own size before what was appended since `start`.
void close_message(bytes& out, std::size_t start) {
  bytes size;
  append_gob_uint(size, out.size() - start);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(start), size.begin(),
             size.end());
}

void append_summary(bytes& out, const peer_summary& x) {
  auto start = out.size();
  append_gob_int(out, summary_type);
  append_at_most(out, max_summary_overhead + x.nickname.size(),
                 [&](room_writer& room) {
                   field_writer fields{room};
                   fields.name(x.name);
                   fields.text(x.nickname);
                   fields.number(value_of(x.uid));
                   fields.number(x.version);
                   fields.number(x.alias ? value_of(*x.alias) : 0);
                   fields.number(x.alias ? 1 : 0);
                   fields.end();
                 });
  close_message(out, start);
}

void append_connections(bytes& out, const std::vector<connection_summary>& xs) {
  auto start = out.size();
  append_gob_int(out, connections_type);
  out.push_back(0);
  append_gob_uint(out, xs.size());
  auto most = xs.size() * max_connection_overhead;
  for (const auto& x : xs)
    most += x.remote_address.size();
  append_at_most(out, most, [&](room_writer& room) {
    for (const auto& x : xs) {
      field_writer fields{room};
      fields.name(x.remote);
      fields.text(x.remote_address);
      fields.number(x.outbound ? 1 : 0);
      fields.number(x.established ? 1 : 0);
      fields.end();
    }
  });
  close_message(out, start);
}

} // namespace

byte_view topology_definitions() {
  static const bytes result = make_definitions();
  return result;
}

void append_peer_record(bytes& out, const peer_record& x) {
  append_summary(out, x.peer);
  append_connections(out, x.connections);
}

} // namespace cafmesh::wire
