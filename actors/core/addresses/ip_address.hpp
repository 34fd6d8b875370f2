#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cafmesh {

/// A numeric IP address without port and zone. IPv4 addresses are held as the
/// IPv6 addresses that map them (`::ffff:1.2.3.4`), and equal those.
class ip_address {
public:
  using raw_bytes = std::array<std::uint8_t, 16>;

  /// The prefix that all mapped IPv4 addresses share, in bits.
  static constexpr unsigned v4_prefix = 96;

  explicit ip_address(const raw_bytes& raw = {}) noexcept : bytes_(raw) {
  }

  /// Accepts what POSIX's `inet_pton` does: no leading zeros, no octal or
  /// hexadecimal parts, four parts for IPv4.
  static std::optional<ip_address> parse(std::string_view text);

  bool is_v4() const noexcept;
  const raw_bytes& bytes() const noexcept {
    return bytes_;
  }

  /// The shortest usual form; dotted for IPv4.
  std::string str() const;

  /// The same address with all bits behind the first `prefix` cleared.
  /// @pre `prefix <= 128`
  ip_address network(unsigned prefix) const noexcept;

  friend bool operator==(const ip_address& x, const ip_address& y) noexcept {
    return x.bytes_ == y.bytes_;
  }

private:
  raw_bytes bytes_;
};

} // namespace cafmesh
