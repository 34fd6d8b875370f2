#include "messages/wire/counter_state.hpp"

#include <string>

#include "messages/wire/gob_map.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::wire {

namespace {

constexpr gob_type key_type(name_flavour flavour) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return gob_type::unsigned_int;
  case name_flavour::hash:
    break;
  }
  return gob_type::text;
}

void append_name(bytes& out, peer_name name) {
  switch (name.flavour()) {
  case name_flavour::mac:
    return append_gob_uint(out, name.number());
  case name_flavour::hash:
    return append_gob_run(out, byte_view{name.str()});
  }
}

caf::expected<peer_name> read_mac_name(gob_cursor& in) {
  auto number = in.read_uint();
  auto result = peer_name::from_number(number);
  if (result.number() != number)
    return make_error(errc::bad_peer_name, "expected a number below 2^48, got "
                                             + std::to_string(number));
  return result;
}

caf::expected<peer_name> read_counter_name(gob_cursor& in,
                                           name_flavour flavour) {
  switch (flavour) {
  case name_flavour::mac:
    return read_mac_name(in);
  case name_flavour::hash:
    break;
  }
  return peer_name::parse(in.read_run().as_text(), flavour);
}

caf::error malformed_counters(const char* what) {
  return make_error(errc::malformed,
                    std::string{"counters: expected a gob map of peer names to "
                                "numbers, got "}
                      + what);
}

} // namespace

void append_counters(bytes& out, const counter_map& xs, name_flavour flavour) {
  bytes pairs;
  for (const auto& [name, count] : xs) {
    append_name(pairs, name);
    append_gob_int(pairs, count);
  }
  append_gob_map(out, key_type(flavour), gob_type::signed_int, xs.size(),
                 pairs);
}

caf::error read_counters(byte_view input, name_flavour flavour,
                         const counter_visitor& take, std::size_t* surplus) {
  gob_map_reader pairs{input, key_type(flavour), gob_type::signed_int};
  while (pairs.next()) {
    auto name = read_counter_name(pairs.cursor(), flavour);
    auto number = pairs.cursor().read_int();
    if (!pairs.cursor().ok())
      break;
    if (!name)
      return name.error();
    if (!take(*name, number))
      return malformed_counters("a name twice");
  }
  if (auto problem = pairs.problem_in_pairs())
    return malformed_counters(problem);
  if (surplus != nullptr)
    *surplus = pairs.surplus();
  return {};
}

} // namespace cafmesh::wire
