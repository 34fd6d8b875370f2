#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>

/// The names of peers, in either flavour.
namespace cafmesh {

/// The kinds of peer names (PROTOCOL.md, "Names and numbers"). All peers of one
/// mesh use one flavour. Names of two flavours differ. At most 16 bytes.
enum class name_flavour : std::uint8_t {
  /// 6 bytes, `01:02:03:04:05:06`.
  mac,
  /// 16 bytes, 32 hex digits.
  hash,
};

/// All flavours. If the enum gets a new flavour, the switch makes the compiler
/// warn. Add the flavour to the array too.
inline constexpr auto all_name_flavours = [](name_flavour x) {
  switch (x) {
  case name_flavour::mac:
  case name_flavour::hash:
    break;
  }
  return std::array{name_flavour::mac, name_flavour::hash};
}(name_flavour::mac);

/// Size in bytes of the binary form.
constexpr std::size_t name_size(name_flavour flavour) noexcept {
  switch (flavour) {
  case name_flavour::mac:
    return 6;
  case name_flavour::hash:
    break;
  }
  return 16;
}

inline constexpr std::size_t max_name_size = [] {
  std::size_t result = 0;
  for (auto x : all_name_flavours)
    if (name_size(x) > result)
      result = name_size(x);
  return result;
}();

/// `mac` or `hash`: the value of the feature `PeerNameFlavour`.
const char* to_string(name_flavour flavour) noexcept;

/// Reads `mac` or `hash`. Any other text gives errc::bad_setting.
caf::expected<name_flavour> parse_name_flavour(std::string_view text);

/// The name of a peer, unique in its mesh. A plain value of 24 bytes. Names are
/// ordered by their bytes. A name whose bytes are all 0 is the unknown peer.
class peer_name {
public:
  /// The unknown peer, flavour `mac`.
  constexpr peer_name() noexcept = default;

  /// A `mac` name from its 48-bit number; higher bits are discarded.
  static constexpr peer_name from_number(std::uint64_t number) noexcept {
    return {0, number & 0xffff'ffff'ffffu, name_flavour::mac};
  }

  static constexpr peer_name unknown(name_flavour flavour) noexcept {
    return {0, 0, flavour};
  }

  /// Reads the text form. For `mac`: six hex pairs, or a short form with `::`.
  /// For `hash`: 32 hex digits of either case; an empty text means unknown.
  /// @returns the name, or errc::bad_peer_name, which quotes the text.
  static caf::expected<peer_name> parse(std::string_view text,
                                        name_flavour flavour);

  /// Reads the binary form, as in topology updates; empty input is the unknown
  /// peer.
  /// @returns the name, or errc::bad_peer_name for any other size.
  static caf::expected<peer_name> from_bytes(byte_view xs,
                                             name_flavour flavour);

  constexpr name_flavour flavour() const noexcept {
    return flavour_;
  }
  constexpr bool is_unknown() const noexcept {
    return high_ == 0 && low_ == 0;
  }
  /// The 48-bit number of a `mac` name.
  constexpr std::uint64_t number() const noexcept {
    return low_;
  }

  /// Reads the binary form.
  /// @param from has `name_size(flavour)` bytes.
  static peer_name read_from(const std::uint8_t* from,
                             name_flavour flavour) noexcept {
    switch (flavour) {
    case name_flavour::mac:
      return {0, read_big_endian(from, std::make_index_sequence<6>{}), flavour};
    case name_flavour::hash:
      break;
    }
    return {read_big_endian(from, std::make_index_sequence<8>{}),
            read_big_endian(from + 8, std::make_index_sequence<8>{}), flavour};
  }

  /// Writes the binary form.
  /// @param to has room for `size()` bytes.
  /// @returns the end of what was written.
  std::uint8_t* write_to(std::uint8_t* to) const noexcept {
    switch (flavour_) {
    case name_flavour::mac:
      return write_big_endian(to, low_, std::make_index_sequence<6>{});
    case name_flavour::hash:
      break;
    }
    to = write_big_endian(to, high_, std::make_index_sequence<8>{});
    return write_big_endian(to, low_, std::make_index_sequence<8>{});
  }

  void append_to(bytes& out) const;

  constexpr std::size_t size() const noexcept {
    return name_size(flavour_);
  }

  /// The text form; empty for the unknown peer of flavour `hash`.
  std::string str() const;

  constexpr std::size_t hash() const noexcept {
    return mixed(low_ ^ (high_ * 0x9e37'79b9'7f4a'7c15u));
  }

  /// A keyed hash, for tables of names that remotes choose. Nobody without the
  /// key can find many names with the same hash.
  constexpr std::size_t hash(std::uint64_t key) const noexcept {
    return mixed(mixed(low_ ^ key) + (high_ ^ ~key));
  }

  friend constexpr bool operator==(peer_name x, peer_name y) noexcept {
    return x.low_ == y.low_ && x.high_ == y.high_ && x.flavour_ == y.flavour_;
  }
  friend constexpr bool operator!=(peer_name x, peer_name y) noexcept {
    return !(x == y);
  }
  friend constexpr bool operator<(peer_name x, peer_name y) noexcept {
    if (x.flavour_ != y.flavour_)
      return x.flavour_ < y.flavour_;
    return x.high_ != y.high_ ? x.high_ < y.high_ : x.low_ < y.low_;
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, peer_name& x) {
    return f(x.high_, x.low_, x.flavour_);
  }

private:
  constexpr peer_name(std::uint64_t high, std::uint64_t low,
                      name_flavour flavour) noexcept
      : high_(high), low_(low), flavour_(flavour) {
  }

  // The finalizer of MurmurHash3, which spreads names that differ in few bits,
  // for example names that a user has numbered.
  static constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 33)) * 0xff51'afd7'ed55'8ccdu;
    x = (x ^ (x >> 33)) * 0xc4ce'b9fe'1a85'ec53u;
    return x ^ (x >> 33);
  }

  // Without a loop, compilers merge these writes into one or two stores.
  template <std::size_t... I>
  static std::uint8_t* write_big_endian(std::uint8_t* to, std::uint64_t x,
                                        std::index_sequence<I...>) noexcept {
    constexpr auto size = sizeof...(I);
    ((to[I] = static_cast<std::uint8_t>(x >> (8 * (size - 1 - I)))), ...);
    return to + size;
  }
  template <std::size_t... I>
  static std::uint64_t read_big_endian(const std::uint8_t* from,
                                       std::index_sequence<I...>) noexcept {
    constexpr auto size = sizeof...(I);
    return (... | (std::uint64_t{from[I]} << (8 * (size - 1 - I))));
  }

  // The bytes of the name as two big-endian numbers, which order names by their
  // bytes.
  static_assert(max_name_size <= 2 * sizeof(std::uint64_t));
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
  name_flavour flavour_ = name_flavour::mac;
};

std::string to_string(peer_name name);

} // namespace cafmesh

namespace std {

template <>
struct hash<cafmesh::peer_name> {
  size_t operator()(cafmesh::peer_name name) const noexcept {
    return name.hash();
  }
};

} // namespace std
