#pragma once

#include <cstddef>

/// Keeps secrets out of memory that is no longer used, and prepares libsodium.
namespace cafmesh::crypto {

/// Prepares libsodium; cheap after the first call. The functions in crypto/
/// call it themselves where they need it.
/// @throws std::runtime_error if the machine has no source of randomness.
void initialize();

/// Compares secrets of the same size. Unlike memcmp, it leaves no copy of them
/// in a vector register. The dynamic linker may save such registers on the
/// stack.
bool equal_secrets(const void* x, const void* y, std::size_t size) noexcept;

/// Overwrites memory in a way that the compiler cannot optimise away.
void wipe(void* data, std::size_t size) noexcept;

} // namespace cafmesh::crypto
