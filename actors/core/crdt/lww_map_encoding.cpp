#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/lww_map.hpp>

namespace cafmesh {

namespace {

using std::chrono::milliseconds;

enum class kind : std::uint8_t { value = 0, tombstone = 1 };

// A message is complete at this size, which its last entry may exceed.
constexpr std::size_t full_map_message = 512 * 1024;
constexpr std::size_t max_map_message = 2 * 1024 * 1024;
static_assert(full_map_message + lww_map::max_key_size + lww_map::max_value_size
                + 64
              <= max_map_message);

constexpr std::uint64_t max_age_ms =
  milliseconds{lww_map::max_retention}.count();

void append_entry(bytes& out, const std::string& key, const lww_map::entry& x,
                  duration age) {
  out.push_back(
    static_cast<std::uint8_t>(x.deleted ? kind::tombstone : kind::value));
  wire::append_gob_run(out, byte_view{key});
  wire::append_gob_uint(out, x.clock);
  wire::append_gob_uint(out, x.owner.size());
  x.owner.append_to(out);
  if (!x.deleted)
    return wire::append_gob_run(out, x.value.view());
  // Rounding down would make the tombstone younger with every hop.
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

// The size of the owner's name determines its flavour.
constexpr bool sizes_differ() noexcept {
  for (auto x : all_name_flavours)
    for (auto y : all_name_flavours)
      if (x != y && name_size(x) == name_size(y))
        return false;
  return true;
}
static_assert(sizes_differ());

std::optional<name_flavour> flavour_of(std::size_t size) noexcept {
  for (auto x : all_name_flavours)
    if (name_size(x) == size)
      return x;
  return std::nullopt;
}

// @param key receives a view into the message.
caf::error read_entry(wire::gob_cursor& in, std::string_view& key,
                      lww_map::entry& x) {
  auto what = in.read_raw(1);
  auto key_bytes = in.read_run();
  x.clock = in.read_uint();
  auto owner = in.read_run();
  x.deleted = in.ok() && what[0] == static_cast<std::uint8_t>(kind::tombstone);
  auto value = x.deleted ? byte_view{} : in.read_run();
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
  auto flavour = flavour_of(owner.size());
  auto name =
    flavour ? peer_name::read_from(owner.data(), *flavour) : peer_name{};
  if (name.is_unknown())
    return malformed_map("an entry without an owner");
  key = key_bytes.as_text();
  x.owner = name;
  x.value = payload::copy_of(value);
  x.deleted_at = instant{} - milliseconds{age};
  return {};
}

} // namespace

std::vector<payload> lww_map::encode() const {
  std::vector<payload> result;
  bytes out;
  for (const auto& [key, x] : entries_) {
    if (out.empty())
      out.push_back(lww_map_format);
    append_entry(out, key, x, x.deleted ? age_of(x) : duration{});
    if (out.size() >= full_map_message)
      result.emplace_back(std::exchange(out, {}));
  }
  if (!out.empty())
    result.emplace_back(std::move(out));
  return result;
}

caf::expected<lww_map> lww_map::decode(byte_view input) const {
  if (input.size() > max_map_message)
    return too_large_for_map("message", input.size(), max_map_message);
  if (input.empty() || input[0] != lww_map_format)
    return malformed_map(
      "expected format " + std::to_string(lww_map_format) + ", got "
      + (input.empty() ? "nothing" : std::to_string(input[0])));
  lww_map result{retention_};
  const auto limit = reachable(date_, max_writes_per_second);
  std::optional<std::string_view> before;
  wire::gob_cursor in{input.sub(1)};
  while (!in.at_end()) {
    std::string_view key;
    entry x;
    if (auto err = read_entry(in, key, x))
      return err;
    if (before && key <= *before)
      return malformed_map("keys do not ascend");
    before = key;
    if (x.clock <= limit)
      result.set(std::string{key}, x);
  }
  return result;
}

} // namespace cafmesh
