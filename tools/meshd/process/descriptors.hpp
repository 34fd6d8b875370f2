#pragma once

#include <cstddef>

namespace meshd {

/// Raises this process's limit on open files to the maximum that the system
/// allows.
/// @returns the limit
std::size_t raise_descriptor_limit();

/// The number of connections that HTTP may have. The other half of the open
/// files is for the mesh and for storage.
inline std::size_t share_of_http(std::size_t descriptors) {
  return descriptors / 2;
}

} // namespace meshd
