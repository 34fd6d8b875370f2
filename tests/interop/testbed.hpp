#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"

namespace cafmesh::test {

/// A payload of `size` bytes, as the Go driver generates it from the same seed:
/// the output of xorshift64* (shifts 12, 25, 27; multiplier 0x2545F4914F6CDD1D)
/// started with seed|1, each result in little endian.
std::vector<std::uint8_t> test_blob(std::size_t size, std::uint64_t seed);

/// The 64-bit FNV-1a hash as 16 hex digits, as in the driver's events.
std::string digest(const std::vector<std::uint8_t>& payload);

/// A TCP port of 127.0.0.1 without a listener.
std::uint16_t free_port();

} // namespace cafmesh::test
