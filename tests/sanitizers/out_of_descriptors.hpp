#pragma once

#include <mutex>

namespace cafmesh::test {

/// Held by a sanitizer that has descriptors open for a moment, and by whoever
/// takes all that there are.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
