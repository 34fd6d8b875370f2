#pragma once

#include <cstddef>
#include <string>

namespace cafmesh::test {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// Returns data of this size in bytes. Its content does not matter.
inline std::string blob(std::size_t size) {
  return std::string(size, 'x');
}

} // namespace cafmesh::test
