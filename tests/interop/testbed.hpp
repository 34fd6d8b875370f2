#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"

namespace cafmesh::test {

/// The payload of `size` bytes that `seed` stands for, the same as the Go
/// driver's: the output of xorshift64* (shifts 12, 25, 27; multiplier
/// 0x2545F4914F6CDD1D) started with seed|1, each result in little endian.
std::vector<std::uint8_t> test_blob(std::size_t size, std::uint64_t seed);

/// FNV-1a of 64 bits as 16 hex digits, as the driver's events carry it.
std::string digest(const std::vector<std::uint8_t>& payload);

/// A TCP port of 127.0.0.1 that nobody listens on at the moment.
std::uint16_t free_port();

} // namespace cafmesh::test
