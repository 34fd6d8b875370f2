#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../messages/bytes.hpp"

namespace cafmesh::crypto {

/// Prepares libsodium; cheap after the first time. Every entry to this folder
/// that needs it calls it.
/// @throws std::runtime_error where the machine has no source of randomness.
void initialize();

/// Overwrites memory in a way that the compiler keeps.
void wipe(void* data, std::size_t size) noexcept;

/// Bytes below which a password can be guessed: whoever we dial, or who listens
/// on the way, can try as many as he likes against what he heard, 10^10 and more
/// a second. 16 letters and digits, if drawn by chance, are 95 bits.
constexpr std::size_t least_password_size = 16;

/// A password. Wiped when it goes; never rendered, never compared with `==`.
class secret {
public:
  secret() = default;
  explicit secret(std::string_view text);
  secret(const secret& other);
  secret(secret&& other) noexcept;
  secret& operator=(secret other) noexcept;
  ~secret();

  byte_view view() const noexcept {
    return data_;
  }
  std::size_t size() const noexcept {
    return data_.size();
  }

private:
  bytes data_;
};

/// 32 bytes that are wiped when they go: a private key or a session key.
class key {
public:
  static constexpr std::size_t size = 32;

  key() noexcept : data_{} {
  }
  explicit key(byte_view xs); ///< @pre `xs.size() == size`
  key(const key&) noexcept = default;
  key& operator=(const key&) noexcept = default;
  ~key() {
    wipe(data_.data(), data_.size());
  }

  std::uint8_t* data() noexcept {
    return data_.data();
  }
  const std::uint8_t* data() const noexcept {
    return data_.data();
  }
  byte_view view() const noexcept {
    return {data_.data(), size};
  }

private:
  std::array<std::uint8_t, size> data_;
};

} // namespace cafmesh::crypto
