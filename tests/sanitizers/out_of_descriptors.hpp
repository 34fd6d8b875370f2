#pragma once

#include <mutex>

namespace cafmesh::test {

/// Held by a sanitizer while it has files open, and by a test while it opens
/// files until no descriptor is left.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
