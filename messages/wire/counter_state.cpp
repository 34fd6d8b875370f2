#include "messages/wire/counter_state.hpp"

#include <array>
#include <string>

#include "messages/wire/gob_types.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::wire {

namespace {

constexpr std::int64_t map_type = 65;

constexpr gob_type key_type(name_flavour flavour) noexcept {
  return flavour == name_flavour::mac ? gob_type::unsigned_int : gob_type::text;
}

// The map's definition as type 65, the number that Go gives it first.
std::array<std::uint8_t, 15> definition(name_flavour flavour) {
  auto key = static_cast<std::uint8_t>(static_cast<int>(key_type(flavour)) * 2);
  constexpr auto element =
    static_cast<std::uint8_t>(static_cast<int>(gob_type::signed_int) * 2);
  return {0x0e, 0xff, 0x81, 0x04, 0x01,    0x02, 0xff, 0x82,
          0x00, 0x01, key,  0x01, element, 0x00, 0x00};
}

void append_name(bytes& out, peer_name name) {
  if (name.flavour() == name_flavour::mac)
    append_gob_uint(out, name.number());
  else
    append_gob_run(out, byte_view{name.str()});
}

caf::expected<peer_name> read_name(gob_cursor& in, name_flavour flavour) {
  if (flavour == name_flavour::hash)
    return peer_name::parse(in.read_run().as_text(), flavour);
  auto number = in.read_uint();
  auto result = peer_name::from_number(number);
  if (result.number() != number)
    return make_error(errc::bad_peer_name, "expected a number below 2^48, got "
                                             + std::to_string(number));
  return result;
}

caf::error malformed(const char* what) {
  return make_error(errc::malformed,
                    std::string{"counters: expected a gob map of peer names to "
                                "numbers, got "}
                      + what);
}

} // namespace

void append_counters(bytes& out, const counter_map& xs, name_flavour flavour) {
  bytes value;
  append_gob_int(value, map_type);
  value.push_back(0);
  append_gob_uint(value, xs.size());
  for (const auto& [name, count] : xs) {
    append_name(value, name);
    append_gob_int(value, count);
  }
  auto head = definition(flavour);
  out.insert(out.end(), head.begin(), head.end());
  append_gob_run(out, value);
}

caf::expected<counter_map> read_counters(byte_view input,
                                         name_flavour flavour) {
  gob_reader reader{input};
  gob_message value;
  if (reader.next(value) != gob_status::complete)
    return malformed("a damaged or incomplete stream");
  auto in = reader.open_map(value, key_type(flavour), gob_type::signed_int);
  auto count = in.read_uint();
  counter_map result;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    auto name = read_name(in, flavour);
    auto number = in.read_int();
    if (!in.ok())
      break;
    if (!name)
      return name.error();
    if (!result.emplace(*name, number).second)
      return malformed("a name twice");
  }
  if (!in.ok() || !in.at_end() || reader.position() != input.size())
    return malformed("another type, a damaged value or bytes behind it");
  return result;
}

} // namespace cafmesh::wire
