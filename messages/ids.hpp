#pragma once

#include <cstdint>

/// The numbers that identify peers and connections.
namespace cafmesh {

/// A random number, never 0, that a peer draws at each start. `none` marks a
/// peer that is known only by name, as a neighbour of another peer.
enum class peer_uid : std::uint64_t { none = 0 };

/// Identifies a connection by the same number at both ends: the exclusive or of
/// the two random numbers that the ends draw. Almost certainly unique.
enum class connection_uid : std::uint64_t {};

/// Identifies one of our own connections within this process. Never reused,
/// never sent.
enum class connection_id : std::uint64_t {};

/// A 12-bit alias of a peer, which the peer chooses at random. Several peers
/// may claim the same alias.
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
