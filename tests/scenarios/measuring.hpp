#pragma once

#include <cstddef>

/// Measures the memory use of this process.
namespace cafmesh::test {

#ifdef CAFMESH_SANITIZED
/// Whether this is a build with AddressSanitizer or ThreadSanitizer.
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// The bytes of this process's heap that are allocated and not freed.
std::size_t allocated();

/// The bytes of this process's resident memory. A sanitized build returns
/// `allocated()` instead, because sanitizers use memory of their own and keep
/// freed blocks.
std::size_t resident();

} // namespace cafmesh::test
