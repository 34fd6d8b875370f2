#pragma once

#include <mutex>

namespace cafmesh::test {

/// A sanitizer holds this mutex while it has descriptors open. A test holds it
/// while the test takes all descriptors.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
