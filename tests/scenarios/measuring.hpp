#pragma once

#include <cstddef>

/// Memory use of the test's own process.
namespace cafmesh::test {

#ifdef CAFMESH_SANITIZED
/// A build with AddressSanitizer or ThreadSanitizer.
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Bytes that are allocated and not freed.
std::size_t allocated();

/// Bytes of resident memory. In a sanitized build the same as `allocated`,
/// because the sanitizer has shadow memory and keeps freed blocks.
std::size_t resident();

} // namespace cafmesh::test
