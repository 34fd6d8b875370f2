#pragma once

#include <cstddef>

/// What a process of tests measures of itself.
namespace cafmesh::test {

#ifdef CAFMESH_SANITIZED
/// A build with AddressSanitizer or ThreadSanitizer.
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Bytes that are allocated and not freed.
std::size_t allocated();

/// Bytes of memory that the process has of the system. In a sanitized build as
/// `allocated`: besides, that has a shadow of all memory, and keeps what is
/// freed.
std::size_t resident();

} // namespace cafmesh::test
