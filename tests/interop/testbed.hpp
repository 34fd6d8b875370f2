#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cafmesh::test {

/// How long a test waits for what should happen at once, on a busy machine.
constexpr std::chrono::seconds patience{20};

/// The payload of `size` bytes that `seed` stands for, the same as the Go
/// driver's: the output of xorshift64* (shifts 12, 25, 27; multiplier
/// 0x2545F4914F6CDD1D) started with seed|1, each result in little endian.
std::vector<std::uint8_t> test_blob(std::size_t size, std::uint64_t seed);

/// FNV-1a of 64 bits as 16 hex digits, as the driver's events carry it.
std::string digest(const std::vector<std::uint8_t>& payload);

/// A TCP port of 127.0.0.1 that nobody listens on at the moment.
std::uint16_t free_port();

/// Asks `condition` every few milliseconds until it holds.
/// @returns whether it did within `timeout`.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds timeout = patience);

} // namespace cafmesh::test
