#pragma once

#include <mutex>

namespace cafmesh::test {

/// Locked during UBSan's type checks and while a test uses up all file
/// descriptors. Each check opens a pipe, and reports an error if it cannot.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
