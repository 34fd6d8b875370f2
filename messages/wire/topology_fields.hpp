#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "messages/wire/gob.hpp"

/// The fields of the structs in a topology update, for its writer and its
/// reader only.
namespace cafmesh::wire {

constexpr std::int64_t number_of(gob_type type) noexcept {
  return static_cast<std::int64_t>(type);
}

struct field_spec {
  std::string_view name;
  gob_type type;
};

inline constexpr std::array<field_spec, 6> summary_fields = {{
  {"NameByte", gob_type::byte_slice},
  {"NickName", gob_type::text},
  {"UID", gob_type::unsigned_int},
  {"Version", gob_type::unsigned_int},
  {"ShortID", gob_type::unsigned_int},
  {"HasShortID", gob_type::boolean},
}};

inline constexpr std::array<field_spec, 4> connection_fields = {{
  {"NameByte", gob_type::byte_slice},
  {"RemoteTCPAddr", gob_type::text},
  {"Outbound", gob_type::boolean},
  {"Established", gob_type::boolean},
}};

} // namespace cafmesh::wire
