#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"

namespace cafmesh::test {

/// Generates a payload of `size` bytes; the Go driver makes the same bytes from
/// the same seed. They are the output of xorshift64* (shifts 12, 25, 27;
/// multiplier 0x2545F4914F6CDD1D) with the initial state seed|1, in little
/// endian.
std::vector<std::uint8_t> test_blob(std::size_t size, std::uint64_t seed);

/// The 64-bit FNV-1a hash of the payload as 16 hex digits. The Go driver's
/// events carry the same hash.
std::string digest(const std::vector<std::uint8_t>& payload);

/// Finds a TCP port of 127.0.0.1 on which nothing listens.
std::uint16_t free_port();

} // namespace cafmesh::test
