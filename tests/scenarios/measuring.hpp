#pragma once

#include <cstddef>

/// Measures the memory use of the test's own process.
namespace cafmesh::test {

#ifdef CAFMESH_SANITIZED
/// Whether this is a build with AddressSanitizer or ThreadSanitizer.
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// The number of bytes that are allocated and not freed.
std::size_t allocated();

/// The number of bytes of resident memory. In a sanitized build it is the same
/// as `allocated`, because the sanitizer has shadow memory and keeps freed
/// blocks.
std::size_t resident();

} // namespace cafmesh::test
