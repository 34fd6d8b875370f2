#pragma once

#include <cstdint>

/// The numbers that identify lives of peers and connections, and short IDs.
namespace cafmesh {

/// Identifies one life of a peer: random and non-zero. `none` marks a
/// placeholder, a peer known only as a neighbour of another.
enum class peer_uid : std::uint64_t { none = 0 };

/// Identifies a connection, with the same number at both ends: the exclusive or
/// of the two random `ConnID`s. Almost certainly unique.
enum class connection_uid : std::uint64_t {};

/// Identifies one of our own connections within this process. Never reused,
/// never sent.
enum class connection_id : std::uint64_t {};

/// A 12-bit alias of a peer, drawn at random; several peers may claim the same
/// alias.
enum class short_id : std::uint16_t {};

constexpr std::uint32_t short_id_count = 1u << 12;

constexpr std::uint64_t value_of(peer_uid x) noexcept {
  return static_cast<std::uint64_t>(x);
}
constexpr std::uint64_t value_of(connection_uid x) noexcept {
  return static_cast<std::uint64_t>(x);
}
constexpr std::uint64_t value_of(connection_id x) noexcept {
  return static_cast<std::uint64_t>(x);
}
constexpr std::uint16_t value_of(short_id x) noexcept {
  return static_cast<std::uint16_t>(x);
}

} // namespace cafmesh
