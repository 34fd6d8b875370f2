#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cafmesh {

/// A numeric IP address without port or zone. An IPv4 address is stored as its
/// IPv4-mapped IPv6 address (`::ffff:1.2.3.4`), so the two compare as equal.
class ip_address {
public:
  using raw_bytes = std::array<std::uint8_t, 16>;

  /// The number of leading bits that all mapped IPv4 addresses share.
  static constexpr unsigned v4_prefix = 96;

  explicit ip_address(const raw_bytes& raw = {}) noexcept : bytes_(raw) {
  }

  /// Accepts what POSIX `inet_pton` accepts: an IPv4 address has four decimal
  /// parts without leading zeros. Returns nullopt for any other text.
  static std::optional<ip_address> parse(std::string_view text);

  bool is_v4() const noexcept;
  /// Whether this is in `127.0.0.0/8`, or is `::1`.
  bool is_loopback() const noexcept;
  /// Whether this is `0.0.0.0` or `::`. A connection to it leads to this
  /// machine.
  bool is_unspecified() const noexcept;
  const raw_bytes& bytes() const noexcept {
    return bytes_;
  }

  /// The address as text, in the form of `inet_ntop`. An IPv4 address has dots,
  /// as in `1.2.3.4`.
  std::string str() const;

  /// This address with all bits after the first `prefix` bits set to 0.
  /// @pre `prefix <= 128`
  ip_address network(unsigned prefix) const noexcept;

  /// The number of leading bits of an IPv6 address that its user cannot choose.
  static constexpr unsigned prefix_of_one_user = 64;
  /// The source to which this address belongs, for limits on each source. It is
  /// the address itself for IPv4, and the /64 for IPv6, because a single user
  /// may control a whole /64.
  ip_address source() const noexcept {
    return is_v4() ? *this : network(prefix_of_one_user);
  }

  friend bool operator==(const ip_address& x, const ip_address& y) noexcept {
    return x.bytes_ == y.bytes_;
  }

private:
  raw_bytes bytes_;
};

/// Removes the zone from an IPv6 address: `fe80::1` for `fe80::1%eth0`. Returns
/// all other text unchanged, even an address whose zone is empty or contains a
/// colon.
std::string_view without_zone(std::string_view text) noexcept;

} // namespace cafmesh
