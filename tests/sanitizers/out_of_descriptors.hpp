#pragma once

#include <mutex>

namespace cafmesh::test {

/// Locked during type checks of UBSan, which open a pipe, and while a test uses
/// up all file descriptors: a check that cannot open its pipe reports an error.
inline std::mutex descriptors_in_passing;

} // namespace cafmesh::test
