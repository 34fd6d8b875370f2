#include "actors/core/directory/directory_messages.hpp"

#include <algorithm>
#include <array>

#include "actors/core/crdt/owner_name.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::names {

namespace {

// This byte follows the changes in a `part` message and says what comes next:
// no range of entries, a range without an end, or a range that ends before a
// name.
constexpr std::uint8_t no_range = 0, to_the_end_of_names = 1, up_to_a_name = 2;

// The bytes of a message that `append` does not measure: three counts, the byte
// that describes the range, and the range's two names.
constexpr std::size_t reserve = 64 + 2 * max_name;

caf::error malformed_names(const char* what) {
  return make_error(errc::malformed, std::string{"names: "} + what);
}

void append_fingerprint(bytes& out, fingerprint x) {
  for (auto half : {x.high(), x.low()})
    for (int shift = 56; shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(half >> shift));
}

fingerprint read_fingerprint(wire::gob_cursor& in) {
  auto raw = in.read_raw(16);
  if (!in.ok())
    return {};
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t i = 0; i < 16; ++i)
    halves[i / 8] = halves[i / 8] << 8 | raw[i];
  return {halves[0], halves[1]};
}

void append_life(bytes& out, const life& x) {
  append_owner_name(out, x.peer);
  wire::append_gob_uint(out, value_of(x.uid));
}

life read_life(wire::gob_cursor& in) {
  life result;
  result.peer = read_owner_name(in.read_run());
  result.uid = peer_uid{in.read_uint()};
  if (result.peer.is_unknown() || result.uid == peer_uid::none)
    in.fail();
  return result;
}

std::string read_text(wire::gob_cursor& in, std::size_t limit) {
  auto run = in.read_run();
  if (run.size() > limit)
    in.fail();
  return in.ok() ? std::string{run.as_text()} : std::string{};
}

caf::error check_size(byte_view message) {
  if (message.size() > max_message)
    return make_error(errc::too_large, "names: a message of "
                                         + std::to_string(message.size())
                                         + " bytes, the limit is "
                                         + std::to_string(max_message));
  return {};
}

// Reads the content of a `part` message, which follows the header and the base
// version.
class part_reader {
public:
  explicit part_reader(wire::gob_cursor& in) : in_(in) {
  }

  bool read(part& x) {
    read_interfaces();
    for (auto n = in_.read_uint(); in_.ok() && n > 0; --n)
      read_change(x.changes);
    auto what = in_.read_raw(1);
    if (!in_.ok() || what[0] > up_to_a_name)
      return in_.fail();
    if (what[0] != no_range)
      read_range(x.more.emplace(), what[0] == up_to_a_name);
    return in_.ok() && in_.at_end();
  }

private:
  void read_interfaces() {
    for (auto n = in_.read_uint(); in_.ok() && n > 0; --n) {
      std::vector<std::string> signatures;
      for (auto m = in_.read_uint(); in_.ok() && m > 0; --m)
        signatures.push_back(read_text(in_, max_interface));
      if (signatures.empty()
          || std::adjacent_find(signatures.begin(), signatures.end(),
                                std::greater_equal<>{})
               != signatures.end())
        in_.fail();
      interfaces_.push_back(make_interface(std::move(signatures)));
    }
  }

  void read_change(std::vector<change>& to) {
    auto is_set = in_.read_raw(1);
    if (!in_.ok() || is_set[0] > 1) {
      in_.fail();
      return;
    }
    change x;
    x.name = read_text(in_, max_name);
    if (is_set[0] == 1)
      x.now = read_entry();
    if (!to.empty() && x.name <= to.back().name)
      in_.fail();
    check(x.name, x.now ? *x.now : entry{});
    to.push_back(std::move(x));
  }

  void read_range(part::range& x, bool has_next) {
    x.first = read_text(in_, max_name);
    if (has_next)
      x.next = read_text(in_, max_name);
    for (auto n = in_.read_uint(); in_.ok() && n > 0; --n) {
      auto name = read_text(in_, max_name);
      auto what = read_entry();
      const bool ascends =
        x.entries.empty() ? name >= x.first : name > x.entries.back().first;
      if (!ascends || (x.next && name >= *x.next))
        in_.fail();
      check(name, what);
      x.entries.emplace_back(std::move(name), std::move(what));
    }
    if (x.next && *x.next <= x.first)
      in_.fail();
  }

  entry read_entry() {
    entry result;
    result.actor = in_.read_uint();
    auto number = in_.read_uint();
    if (number > interfaces_.size())
      in_.fail();
    else if (number > 0)
      result.interface = interfaces_[number - 1];
    attribute_map attributes;
    for (auto n = in_.read_uint(); in_.ok() && n > 0; --n) {
      auto key = read_text(in_, max_attribute_key);
      auto value = read_text(in_, max_attribute_value);
      if (!attributes.empty() && key <= attributes.rbegin()->first)
        in_.fail();
      attributes.emplace_hint(attributes.end(), std::move(key),
                              std::move(value));
    }
    result.attributes = make_attributes(std::move(attributes));
    return result;
  }

  void check(std::string_view name, const entry& x) {
    if (in_.ok() && check_entry(name, x))
      in_.fail();
  }

  wire::gob_cursor& in_;
  std::vector<interface_ptr> interfaces_;
};

} // namespace

kind kind_of(byte_view message) noexcept {
  return message.empty() ? kind{0} : kind{message[0]};
}

// -- headers

void append_header(bytes& out, const header& x) {
  append_life(out, x.of);
  wire::append_gob_uint(out, x.version);
  wire::append_gob_run(out, byte_view{x.node});
  wire::append_gob_uint(out, x.count);
  append_fingerprint(out, x.content);
}

header read_header(wire::gob_cursor& in) {
  header result;
  result.of = read_life(in);
  result.version = in.read_uint();
  result.node = read_text(in, max_node_id);
  result.count = in.read_uint();
  result.content = read_fingerprint(in);
  return result;
}

caf::expected<std::vector<header>> decode_headers(byte_view message) {
  if (auto err = check_size(message))
    return err;
  if (kind_of(message) != kind::headers)
    return malformed_names("these are no headers");
  wire::gob_cursor in{message.sub(1)};
  std::vector<header> result;
  while (!in.at_end()) {
    result.push_back(read_header(in));
    if (!in.ok())
      return malformed_names("a header makes no sense");
  }
  return result;
}

// -- pulls

payload encode(const pull& x) {
  bytes out{static_cast<std::uint8_t>(kind::pull)};
  append_life(out, x.of);
  wire::append_gob_uint(out, x.have.version);
  append_fingerprint(out, x.have.content);
  out.push_back(x.have.below ? 1 : 0);
  if (x.have.below)
    wire::append_gob_run(out, byte_view{*x.have.below});
  return payload{std::move(out)};
}

caf::expected<pull> decode_pull(byte_view message) {
  if (kind_of(message) != kind::pull)
    return malformed_names("this is no pull");
  wire::gob_cursor in{message.sub(1)};
  pull result;
  result.of = read_life(in);
  result.have.version = in.read_uint();
  result.have.content = read_fingerprint(in);
  auto is_partial = in.read_raw(1);
  if (in.ok() && is_partial[0] == 1)
    result.have.below = read_text(in, max_name);
  if (!in.ok() || is_partial[0] > 1 || !in.at_end())
    return malformed_names("a pull makes no sense");
  return result;
}

// -- parts

caf::expected<part> decode_part(byte_view message) {
  if (auto err = check_size(message))
    return err;
  if (kind_of(message) != kind::part)
    return malformed_names("this is no part");
  wire::gob_cursor in{message.sub(1)};
  part result;
  result.head = read_header(in);
  result.base = in.read_uint();
  if (!in.ok() || !part_reader{in}.read(result))
    return malformed_names("a part makes no sense");
  return result;
}

part_writer::part_writer(const header& head, std::uint64_t base) {
  start_.push_back(static_cast<std::uint8_t>(kind::part));
  append_header(start_, head);
  wire::append_gob_uint(start_, base);
}

bool part_writer::add_change(std::string_view name, const entry* now) {
  if (!append(changes_, name, now, true))
    return false;
  ++change_count_;
  return true;
}

bool part_writer::add_entry(std::string_view name, const entry& x) {
  if (!append(entries_, name, &x, false))
    return false;
  ++entry_count_;
  return true;
}

// Returns the number of an interface in this message, or 0 if there is no
// interface. Numbers start at 1, and a new interface gets the next number. A
// linear search is fast enough, because the entries of a document usually share
// a few interfaces.
std::size_t part_writer::number_of(const interface_ptr& x) {
  if (!x)
    return 0;
  auto same = [&](const interface_ptr& y) {
    return x == y || *x == *y;
  };
  auto i = std::find_if(known_.begin(), known_.end(), same);
  return static_cast<std::size_t>(i - known_.begin()) + 1;
}

bool part_writer::append(bytes& to, std::string_view name, const entry* x,
                         bool is_change) {
  auto& out = scratch_;
  out.clear();
  bytes new_interface;
  if (is_change)
    out.push_back(x ? 1 : 0);
  wire::append_gob_run(out, byte_view{name});
  const auto number = x ? number_of(x->interface) : 0;
  if (number > known_.size()) {
    wire::append_gob_uint(new_interface, x->interface->size());
    for (const auto& each : *x->interface)
      wire::append_gob_run(new_interface, byte_view{each});
  }
  if (x) {
    wire::append_gob_uint(out, x->actor);
    wire::append_gob_uint(out, number);
    wire::append_gob_uint(out, x->attributes ? x->attributes->size() : 0);
    if (x->attributes)
      for (const auto& [key, value] : *x->attributes) {
        wire::append_gob_run(out, byte_view{key});
        wire::append_gob_run(out, byte_view{value});
      }
  }
  if (start_.size() + interfaces_.size() + changes_.size() + entries_.size()
        + out.size() + new_interface.size() + reserve
      > max_message)
    return false;
  if (!new_interface.empty())
    known_.push_back(x->interface);
  interfaces_.insert(interfaces_.end(), new_interface.begin(),
                     new_interface.end());
  to.insert(to.end(), out.begin(), out.end());
  return true;
}

bytes part_writer::assemble() const {
  bytes out = start_;
  wire::append_gob_uint(out, known_.size());
  out.insert(out.end(), interfaces_.begin(), interfaces_.end());
  wire::append_gob_uint(out, change_count_);
  out.insert(out.end(), changes_.begin(), changes_.end());
  return out;
}

payload part_writer::finish() {
  auto out = assemble();
  out.push_back(no_range);
  return payload{std::move(out)};
}

payload part_writer::finish(std::string_view first,
                            const std::optional<std::string>& next) {
  auto out = assemble();
  out.push_back(next ? up_to_a_name : to_the_end_of_names);
  wire::append_gob_run(out, byte_view{first});
  if (next)
    wire::append_gob_run(out, byte_view{*next});
  wire::append_gob_uint(out, entry_count_);
  out.insert(out.end(), entries_.begin(), entries_.end());
  return payload{std::move(out)};
}

payload encode_announcement(const header& head) {
  return part_writer{head, head.version}.finish();
}

} // namespace cafmesh::names
