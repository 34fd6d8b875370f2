#include <algorithm>
#include <string>
#include <utility>

#include "messages/wire/gob_types.hpp"
#include "messages/wire/topology_fields.hpp"
#include "messages/wire/topology_update.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::wire {

namespace {

caf::error malformed_update(const char* what) {
  return make_error(errc::malformed,
                    std::string{"topology update: expected pairs of a "
                                "peerSummary and its connections, got "}
                      + what);
}

// The largest short ID that does not make an update malformed. In Go a short ID
// has 16 bits, and a Go peer passes on any of these values.
constexpr std::uint64_t max_alias_on_wire = 0xffff;

bool has_impossible_alias(const peer_summary& x) {
  return x.alias && static_cast<std::uint64_t>(*x.alias) >= short_id_count;
}

// Says how to read a struct as its sender has defined it. For each field in the
// sender's definition, `known` is the position of that field among ours, or
// `unknown` if we do not have it.
struct field_plan {
  static constexpr std::size_t unknown = SIZE_MAX;
  struct step {
    std::size_t known;
    std::int64_t type;
  };
  std::int64_t type = 0;
  std::vector<step> steps;
  bool as_ours = true; // whether the fields are ours, in our order

  step operator[](std::size_t i) const noexcept {
    // A fast path, because reading one update of a large mesh takes a million
    // calls.
    return as_ours ? step{i, 0} : steps[i];
  }
};

// Returns false if the sender's type is not a struct, or defines one of our
// fields with a different type.
template <std::size_t N>
bool make_plan(const gob_type_table& types, std::int64_t type,
               const std::array<field_spec, N>& known, field_plan& out) {
  auto definition = types.find(type);
  if (definition == nullptr || definition->shape != gob_shape::structure)
    return false;
  out.steps.reserve(definition->fields.size());
  out.as_ours = definition->fields.size() == known.size();
  for (const auto& field : definition->fields) {
    auto i = std::find_if(known.begin(), known.end(),
                          [&](const auto& x) { return x.name == field.name; });
    if (i == known.end()) {
      out.as_ours = false;
      out.steps.push_back({field_plan::unknown, field.type});
      continue;
    }
    if (number_of(i->type) != field.type)
      return false;
    auto place = static_cast<std::size_t>(i - known.begin());
    out.as_ours = out.as_ours && place == out.steps.size();
    out.steps.push_back({place, field.type});
  }
  out.type = type;
  return true;
}

} // namespace

struct topology_update_reader::state {
  state(byte_view update, name_flavour names)
      : input(update), reader(update), flavour(names) {
  }

  bool fail(caf::error err) {
    if (!failure)
      failure = std::move(err);
    return false;
  }

  bool read_name(gob_cursor& in, peer_name& out) {
    auto xs = in.read_run();
    if (!in.ok())
      return false;
    if (xs.size() == out.size()) {
      out = peer_name::read_from(xs.data(), flavour);
      return true;
    }
    auto name = peer_name::from_bytes(xs, flavour);
    if (!name)
      return fail(std::move(name.error()));
    out = *name;
    return true;
  }

  bool check_name(peer_name name) {
    if (!name.is_unknown())
      return true;
    return fail(make_error(errc::bad_peer_name,
                           "topology update: expected a peer's name, got the "
                           "unknown peer's"));
  }

  bool use_summary_type(std::int64_t type);
  bool use_connections_type(std::int64_t type);
  bool read_summary_field(gob_cursor& in, const field_plan::step& step,
                          peer_summary& out, std::uint64_t& alias,
                          bool& has_alias);
  bool read_summary(byte_view body, peer_summary& out);
  bool read_pair(peer_summary& out);
  bool read_connection_field(gob_cursor& in, const field_plan::step& step,
                             connection_view& out);
  bool read_connection(gob_cursor& in, connection_view& out);
  bool read_connections(std::vector<connection_view>& out);

  byte_view input;
  gob_reader reader;
  name_flavour flavour;
  field_plan summary_plan;
  field_plan connection_plan;
  std::int64_t list_type = 0;
  // The bytes of the current peer's `[]connectionSummary`, until they are read.
  byte_view unread_connections;
  std::size_t skipped = 0;
  caf::error failure;
};

// In a stream, a Go type has only one number. So the plan for its first value
// serves for all its values.
bool topology_update_reader::state::use_summary_type(std::int64_t type) {
  if (summary_plan.type == 0
      && !make_plan(reader.types(), type, summary_fields, summary_plan))
    return fail(malformed_update("no struct or a field of another type"));
  return summary_plan.type == type
         || fail(malformed_update("two kinds of peers"));
}

bool topology_update_reader::state::use_connections_type(std::int64_t type) {
  if (list_type == 0) {
    auto list = reader.types().find(type);
    if (list == nullptr || list->shape != gob_shape::slice
        || !make_plan(reader.types(), list->element, connection_fields,
                      connection_plan))
      return fail(
        malformed_update("no list of structs or a field of another type"));
    list_type = type;
  }
  return list_type == type
         || fail(malformed_update("two kinds of connections"));
}

bool topology_update_reader::state::read_summary_field(
  gob_cursor& in, const field_plan::step& step, peer_summary& out,
  std::uint64_t& alias, bool& has_alias) {
  switch (step.known) {
  case 0:
    return read_name(in, out.name);
  case 1:
    out.nickname.assign(in.read_run().as_text());
    return true;
  case 2:
    out.uid = static_cast<peer_uid>(in.read_uint());
    return true;
  case 3:
    out.version = in.read_uint();
    return true;
  case 4:
    alias = in.read_uint();
    return true;
  case 5:
    has_alias = in.read_uint() != 0;
    return true;
  }
  return reader.types().skip_value(in, step.type);
}

bool topology_update_reader::state::read_summary(byte_view body,
                                                 peer_summary& out) {
  out.name = peer_name::unknown(flavour);
  out.nickname.clear();
  out.uid = peer_uid::none;
  out.version = 0;
  std::uint64_t alias = 0;
  auto has_alias = false;
  gob_cursor in{body};
  gob_fields fields{in, summary_plan.steps.size()};
  while (fields.next())
    if (!read_summary_field(in, summary_plan[fields.index()], out, alias,
                            has_alias))
      break;
  if (failure)
    return false;
  if (!in.ok() || !in.at_end())
    return fail(malformed_update("a damaged peerSummary"));
  if (alias > max_alias_on_wire)
    return fail(malformed_update("a short ID beyond 16 bits"));
  out.alias.reset();
  if (has_alias)
    out.alias = static_cast<short_id>(alias);
  return check_name(out.name);
}

bool topology_update_reader::state::read_connection_field(
  gob_cursor& in, const field_plan::step& step, connection_view& out) {
  switch (step.known) {
  case 0:
    return read_name(in, out.remote);
  case 1:
    out.remote_address = in.read_run().as_text();
    return true;
  case 2:
    out.outbound = in.read_uint() != 0;
    return true;
  case 3:
    out.established = in.read_uint() != 0;
    return true;
  }
  return reader.types().skip_value(in, step.type);
}

bool topology_update_reader::state::read_connection(gob_cursor& in,
                                                    connection_view& out) {
  out.remote = peer_name::unknown(flavour);
  out.remote_address = {};
  out.outbound = false;
  out.established = false;
  gob_fields fields{in, connection_plan.steps.size()};
  while (fields.next())
    if (!read_connection_field(in, connection_plan[fields.index()], out))
      return false;
  return in.ok() && check_name(out.remote);
}

bool topology_update_reader::state::read_connections(
  std::vector<connection_view>& out) {
  gob_cursor in{std::exchange(unread_connections, byte_view{})};
  auto zero = in.read_uint();
  auto count = in.read_uint();
  // The minimum size of a connection in bytes: a field number, a name with its
  // length, and the end.
  auto min_size = peer_name::unknown(flavour).size() + 3;
  if (!in.ok() || zero != 0 || count > in.remaining() / min_size)
    return fail(malformed_update("a damaged list of connections"));
  out.resize(static_cast<std::size_t>(count));
  for (auto& x : out)
    if (!read_connection(in, x))
      return fail(malformed_update("a damaged connectionSummary"));
  if (!in.at_end())
    return fail(malformed_update("bytes behind a list of connections"));
  return true;
}

topology_update_reader::topology_update_reader(byte_view input,
                                               name_flavour flavour)
    : state_(new state{input, flavour}) {
}

topology_update_reader::~topology_update_reader() {
  delete state_;
}

bool topology_update_reader::state::read_pair(peer_summary& out) {
  gob_message message;
  auto status = reader.next(message);
  if (status == gob_status::end)
    return false;
  if (status != gob_status::complete)
    return fail(malformed_update("a damaged or incomplete stream"));
  if (!use_summary_type(message.type) || !read_summary(message.body, out))
    return false;
  if (reader.next(message) != gob_status::complete)
    return fail(malformed_update("a peer without its connections"));
  unread_connections = message.body;
  return use_connections_type(message.type);
}

bool topology_update_reader::next(peer_summary& out) {
  auto& s = *state_;
  while (!s.failure && s.read_pair(out)) {
    if (!has_impossible_alias(out))
      return true;
    ++s.skipped;
  }
  return false;
}

bool topology_update_reader::read_connections(
  std::vector<connection_view>& out) {
  auto& s = *state_;
  if (s.failure || !s.read_connections(out)) {
    out.clear();
    return false;
  }
  auto less = [](const auto& x, const auto& y) {
    return x.remote < y.remote;
  };
  if (!std::is_sorted(out.begin(), out.end(), less))
    std::stable_sort(out.begin(), out.end(), less);
  // `unique` keeps the first of equal elements. Going backwards keeps the last.
  auto same = [](const auto& x, const auto& y) {
    return x.remote == y.remote;
  };
  auto first = std::unique(out.rbegin(), out.rend(), same).base();
  out.erase(out.begin(), first);
  return true;
}

void topology_update_reader::read_connections_of(
  byte_view record, name_flavour flavour, std::vector<connection_view>& out) {
  out.clear();
  gob_message summary;
  gob_message message;
  if (take_gob_message(record, summary) != gob_status::complete
      || take_gob_message(record, message) != gob_status::complete)
    return;
  state s{record, flavour};
  s.unread_connections = message.body;
  s.connection_plan.steps.resize(connection_fields.size());
  if (!s.read_connections(out))
    out.clear();
}

bool topology_update_reader::ends_with(byte_view record) const noexcept {
  auto read = state_->input.sub(0, state_->reader.position());
  return read.size() >= record.size()
         && read.sub(read.size() - record.size()) == record;
}

std::size_t topology_update_reader::skipped() const noexcept {
  return state_->skipped;
}

const caf::error& topology_update_reader::error() const noexcept {
  return state_->failure;
}

} // namespace cafmesh::wire
