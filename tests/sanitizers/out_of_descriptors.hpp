#pragma once

#include <mutex>

namespace cafmesh::test {

/// Held by a sanitizer while it has descriptors open, and by a test while the
/// test holds all descriptors.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
