#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/wire/topology_update.hpp"
#include "tests/support/encoded_records.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::test {

using namespace cafmesh::wire;

inline peer_name name_of(std::uint64_t number,
                         name_flavour flavour = name_flavour::mac) {
  switch (flavour) {
  case name_flavour::mac:
    return peer_name::from_number(number);
  case name_flavour::hash:
    break;
  }
  bytes xs(name_size(flavour), static_cast<std::uint8_t>(number));
  return *peer_name::from_bytes(xs, flavour);
}

inline std::vector<peer_record> some_records(name_flavour flavour) {
  auto n = [=](std::uint64_t x) {
    return name_of(x, flavour);
  };
  auto uid = static_cast<peer_uid>(UINT64_MAX);
  std::vector<peer_record> result(3);
  result[0].peer = {n(1), "nick", uid, 300, static_cast<short_id>(4095)};
  result[1].peer = {n(2), "", uid, 0, static_cast<short_id>(0)};
  result[1].connections = {{n(1), "192.0.2.1:6783", true, true},
                           {n(3), "", false, false}};
  result[2].peer = {n(3), std::string(300, 'x'), peer_uid::none, 7, {}};
  result[2].connections = {{n(1), "h:1", false, true}};
  return result;
}

inline bytes update_with(const std::vector<peer_record>& xs) {
  auto out = topology_definitions().to_bytes();
  for (const auto& x : xs)
    append_peer_record(out, x);
  return out;
}

struct outcome {
  std::vector<peer_record> records;
  caf::error error;
};

inline outcome read_all(byte_view input,
                        name_flavour flavour = name_flavour::mac) {
  outcome result;
  topology_update_reader reader{input, flavour};
  peer_record x;
  while (reader.next(x.peer)) {
    if (!read_connections(reader, x.connections))
      break;
    result.records.push_back(x);
  }
  result.error = reader.error();
  return result;
}

inline bool is_malformed(byte_view input) {
  return is(read_all(input).error, errc::malformed);
}

// The shortest definitions. Type 65 is `struct { NameByte []byte }`, but with
// `field_type` as the type of its field; type 66 is `[](type 65)`.
inline std::string small_definitions(const std::string& field_type = "0a") {
  return "19 ff81 03 01 02 ff82 00 01 01 01 08 4e616d6542797465 01 "
         + field_type + " 00 00 00 0d ff83 02 01 02 ff84 00 01 ff82 00 00";
}

} // namespace cafmesh::test
