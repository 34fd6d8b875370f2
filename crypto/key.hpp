#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh::crypto {

/// A private key or a session key of 32 bytes. Overwrites its memory when it is
/// destroyed.
class key {
public:
  static constexpr std::size_t size = 32;

  key() noexcept : data_{} {
  }
  explicit key(byte_view xs); ///< @pre `xs.size() == size`
  key(const key&) noexcept = default;
  key& operator=(const key&) noexcept = default;
  ~key();

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
