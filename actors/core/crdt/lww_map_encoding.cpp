#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "actors/core/crdt/owner_name.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/lww_map.hpp>

// Encodes the entries of an `lww_map` into messages, and decodes messages.
namespace cafmesh {

namespace {

using std::chrono::milliseconds;

enum class kind : std::uint8_t { value = 0, tombstone = 1 };

// An entry that would make a message larger than this, in bytes, begins the
// next message. Only a message with a single entry may be larger.
constexpr std::size_t full_map_message = 64 * 1024;
constexpr std::size_t max_map_message = 2 * 1024 * 1024;

// The maximum size in bytes of an entry without its key and value.
constexpr std::size_t max_head_size = 64;
static_assert(lww_map::max_key_size + lww_map::max_value_size + max_head_size
              < max_map_message);

// A loader merges what it has collected once it has this number of entries or
// bytes.
constexpr std::size_t most_collected = 64 * 1024;
constexpr std::size_t most_collected_bytes = 16 * 1024 * 1024;

constexpr std::uint64_t max_age_ms =
  milliseconds{lww_map::max_retention}.count();

void append_entry(bytes& out, const std::string& key, const lww_map::entry& x,
                  duration age) {
  out.push_back(
    static_cast<std::uint8_t>(x.deleted ? kind::tombstone : kind::value));
  wire::append_gob_run(out, byte_view{key});
  wire::append_gob_uint(out, x.clock);
  append_owner_name(out, x.owner);
  if (!x.deleted)
    return wire::append_gob_run(out, x.value.view());
  // If each hop rounded down, a deletion would look younger after every hop.
  auto ms = std::chrono::ceil<milliseconds>(age).count();
  wire::append_gob_uint(out,
                        std::min(static_cast<std::uint64_t>(ms), max_age_ms));
}

caf::error malformed_map(const std::string& what) {
  return make_error(errc::malformed, "map: " + what);
}

caf::error too_large_for_map(const char* what, std::size_t size,
                             std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{"map: "} + what + " of " + std::to_string(size)
                      + " bytes, the limit is " + std::to_string(limit));
}

// Reads an entry into `x`, except for its value. `key` and `value` receive
// views into the message.
caf::error read_entry(wire::gob_cursor& in, std::string_view& key,
                      byte_view& value, lww_map::entry& x) {
  auto what = in.read_raw(1);
  auto key_bytes = in.read_run();
  x.clock = in.read_uint();
  auto owner = in.read_run();
  x.deleted = in.ok() && what[0] == static_cast<std::uint8_t>(kind::tombstone);
  value = x.deleted ? byte_view{} : in.read_run();
  auto age = x.deleted ? in.read_uint() : 0;
  if (!in.ok())
    return malformed_map("an entry is cut off");
  if (what[0] > static_cast<std::uint8_t>(kind::tombstone))
    return malformed_map("expected an entry of kind 0 or 1, got "
                         + std::to_string(what[0]));
  if (x.clock == 0 || x.clock > INT64_MAX)
    return malformed_map("clock " + std::to_string(x.clock)
                         + " is out of range");
  if (age > max_age_ms)
    return malformed_map("an age of " + std::to_string(age) + " ms");
  if (key_bytes.size() > lww_map::max_key_size)
    return too_large_for_map("key", key_bytes.size(), lww_map::max_key_size);
  if (value.size() > lww_map::max_value_size)
    return too_large_for_map("value", value.size(), lww_map::max_value_size);
  x.owner = read_owner_name(owner);
  if (x.owner.is_unknown())
    return malformed_map("an entry without an owner");
  key = key_bytes.as_text();
  x.deleted_at = instant{} - milliseconds{age};
  return {};
}

// Refuses a message with several entries that is larger than replicas make. So
// the entries of a forged message take limited memory before the map's limit is
// checked.
caf::error check_count_of_entries(byte_view input) {
  if (input.size() <= full_map_message)
    return {};
  wire::gob_cursor in{input.sub(1)};
  std::string_view key;
  byte_view value;
  lww_map::entry x;
  if (auto err = read_entry(in, key, value, x))
    return err;
  return in.at_end() ? caf::error{}
                     : too_large_for_map("message of several entries",
                                         input.size(), full_map_message);
}

} // namespace

payload lww_map::next_message(entry_map::const_iterator& from,
                              const entry_map::const_iterator& to) const {
  bytes out;
  for (; from != to; ++from) {
    const auto& [key, x] = *from;
    if (!out.empty()
        && out.size() + key.size() + x.value.size() + max_head_size
             > full_map_message)
      break;
    if (out.empty())
      out.push_back(lww_map_format);
    append_entry(out, key, x, x.deleted ? age_of(x) : duration{});
  }
  return out.empty() ? payload{} : payload{std::move(out)};
}

std::vector<payload> lww_map::encode() const {
  std::vector<payload> result;
  auto i = entries_.begin();
  for (const auto end = entries_.end(); i != end;)
    result.push_back(next_message(i, end));
  return result;
}

// Calls `take(key, entry)` for each entry, except those whose clock is higher
// than any that honest peers can have reached by now. If an entry is deleted,
// its `deleted_at` is `instant{}` minus the age of the deletion.
template <class F>
caf::error lww_map::read(byte_view input, F take) const {
  if (input.size() > max_map_message)
    return too_large_for_map("message", input.size(), max_map_message);
  if (input.empty() || input[0] != lww_map_format)
    return malformed_map(
      "expected format " + std::to_string(lww_map_format) + ", got "
      + (input.empty() ? "nothing" : std::to_string(input[0])));
  const auto limit = reachable(date_, max_writes_per_second);
  std::optional<std::string_view> before;
  wire::gob_cursor in{input.sub(1)};
  while (!in.at_end()) {
    std::string_view key;
    byte_view value;
    entry x;
    if (auto err = read_entry(in, key, value, x))
      return err;
    if (before && key <= *before)
      return malformed_map("keys do not ascend");
    before = key;
    if (x.clock > limit)
      continue;
    x.value = packed_bytes{value};
    take(key, x);
  }
  return {};
}

caf::expected<lww_map> lww_map::decode(byte_view input) const {
  if (input.size() <= max_map_message)
    if (auto err = check_count_of_entries(input))
      return err;
  lww_map result{retention_, unlimited};
  auto err = read(
    input, [&](std::string_view key, const entry& x) { result.set(key, x); });
  if (err)
    return err;
  return result;
}

caf::error lww_map::load(byte_view input) {
  loader all{*this};
  auto failure = all.take(input);
  all.finish();
  return failure;
}

// Merges the collected entries before any of them expires. So the order in
// which entries of the same key were written does not matter.
void lww_map::loader::advance(instant now) {
  if (!to_.is_started_ || oldest_ < now - to_.retention_)
    finish();
  to_.advance(now);
}

caf::error lww_map::loader::take(byte_view message) {
  return to_.read(message, [this](std::string_view key, entry& x) {
    to_.clock_ = std::max(to_.clock_, x.clock);
    x.deleted_at = to_.now_ - (instant{} - x.deleted_at);
    const auto digest = summary::digest_of(key, x);
    const bool is_expired = x.deleted && to_.is_expired(x.deleted_at);
    if (is_expired) {
      finish();
      if (!to_.entries_.find(key))
        return;
    }
    if (x.deleted)
      oldest_ = std::min(oldest_, x.deleted_at);
    bytes_ += digest.size;
    collected_.add(key, std::move(x), digest);
    if (is_expired || collected_.size() == most_collected
        || bytes_ >= most_collected_bytes)
      finish();
  });
}

void lww_map::loader::finish() {
  to_.entries_.merge(std::exchange(collected_, {}), supersedes);
  oldest_ = instant::max();
  bytes_ = 0;
}

} // namespace cafmesh
