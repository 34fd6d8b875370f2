#pragma once

#include <cstdint>

#include <cafmesh/peer_name.hpp>

namespace cafmesh::fuzz {

/// The lowest first byte of inputs that use this flavour of peer names.
constexpr std::uint8_t topology_seed(name_flavour flavour) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return 0;
  case name_flavour::hash:
    break;
  }
  return 128;
}

/// The flavour of an input with this first byte. A flavour has the bytes from
/// its own `topology_seed` up to, but not including, that of the next flavour.
constexpr name_flavour flavour_of(std::uint64_t seed) noexcept {
  auto result = name_flavour::mac;
  for (auto x : all_name_flavours)
    if (topology_seed(x) <= seed)
      result = x;
  return result;
}

} // namespace cafmesh::fuzz
