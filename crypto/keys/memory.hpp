#pragma once

#include <cstddef>

/// Keeps secrets out of memory that is no longer used, and prepares libsodium.
namespace cafmesh::crypto {

/// Prepares libsodium. Cheap after the first call. The functions in crypto/
/// call this function where necessary.
/// @throws std::runtime_error if the machine has no source of randomness.
void initialize();

/// Compares secrets of the same size. Unlike memcmp, leaves no copy of the
/// secrets in a vector register, which the dynamic linker may save on the
/// stack.
bool equal_secrets(const void* x, const void* y, std::size_t size) noexcept;

/// Overwrites memory in a way that the compiler cannot optimise away.
void wipe(void* data, std::size_t size) noexcept;

} // namespace cafmesh::crypto
