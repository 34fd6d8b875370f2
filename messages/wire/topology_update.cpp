#include "topology_update.hpp"

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

// Writes the fields of a struct value. Those that are zero are left out, as
// gob demands for equal values to have equal bytes.
class field_writer {
public:
  explicit field_writer(bytes& out) : out_(out) {
  }
  void name(peer_name x) {
    announce(!x.is_unknown());
    if (x.is_unknown())
      return;
    append_gob_uint(out_, x.size());
    x.append_to(out_);
  }
  void text(const std::string& x) {
    if (announce(!x.empty()))
      append_gob_run(out_, byte_view{x});
  }
  void number(std::uint64_t x) {
    if (announce(x != 0))
      append_gob_uint(out_, x);
  }
  void end() {
    out_.push_back(0);
  }

private:
  bool announce(bool present) {
    ++distance_;
    if (present)
      out_.push_back(std::exchange(distance_, std::uint8_t{0}));
    return present;
  }

  bytes& out_;
  std::uint8_t distance_ = 0;
};

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
  field_writer fields{out};
  fields.name(x.name);
  fields.text(x.nickname);
  fields.number(value_of(x.uid));
  fields.number(x.version);
  fields.number(x.alias ? value_of(*x.alias) : 0);
  fields.number(x.alias ? 1 : 0);
  fields.end();
  close_message(out, start);
}

void append_connections(bytes& out, const std::vector<connection_summary>& xs) {
  auto start = out.size();
  append_gob_int(out, connections_type);
  out.push_back(0);
  append_gob_uint(out, xs.size());
  for (const auto& x : xs) {
    field_writer fields{out};
    fields.name(x.remote);
    fields.text(x.remote_address);
    fields.number(x.outbound ? 1 : 0);
    fields.number(x.established ? 1 : 0);
    fields.end();
  }
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
