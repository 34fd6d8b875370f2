#include "crypto/keys/expanded_digest.hpp"

#include <cstddef>

#include <sodium.h>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

namespace {

// Compilers turn this form into one instruction.
std::uint64_t little_endian(const std::uint8_t* x) noexcept {
  const auto part = [x](int i) {
    return std::uint64_t{x[i]} << (8 * i);
  };
  return part(0) | part(1) | part(2) | part(3) | part(4) | part(5) | part(6)
         | part(7);
}

} // namespace

std::array<std::uint64_t, 16>
expanded_digest(std::array<std::uint64_t, 2> digest) {
  initialize();
  std::array<std::uint8_t, crypto_stream_chacha20_KEYBYTES> key{};
  for (std::size_t i = 0; i < 16; ++i)
    key[i] = static_cast<std::uint8_t>(digest[i / 8] >> (56 - 8 * (i % 8)));
  constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  std::array<std::uint8_t, 128> stream{};
  crypto_stream_chacha20(stream.data(), stream.size(), nonce.data(),
                         key.data());
  std::array<std::uint64_t, 16> result{};
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = little_endian(stream.data() + 8 * i);
  return result;
}

} // namespace cafmesh::crypto
