#pragma once

#include <cstdint>
#include <random>

namespace cafmesh {

/// A number from the system's source of randomness. May be called from any
/// thread.
inline std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

} // namespace cafmesh
