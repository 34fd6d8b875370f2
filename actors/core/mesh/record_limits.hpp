#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/wire/topology_update.hpp"
#include <cafmesh/peer_record.hpp>
#include <cafmesh/reachable.hpp>

/// Limits on what a peer accepts about the mesh, so that no member can fill the
/// memory of the others. See PROTOCOL.md, "Limits and times".
namespace cafmesh::record_limits {

/// The highest version that is accepted at `now`: 1,024 for each millisecond
/// since the start of 2020, more than any honest peer reaches. Records with a
/// higher version are ignored. The limit grows, so a forged version is never
/// final. A millisecond later, the peer that the forged record is about can use
/// a higher one.
std::uint64_t max_version(wall_time now) noexcept;

/// The maximum size of a nickname in bytes. A longer nickname is cut to this
/// size.
constexpr std::size_t max_nickname = 1024;
/// The maximum size of an address in bytes. A longer address is replaced by an
/// empty one.
constexpr std::size_t max_address = 64;
/// The maximum number of connections in a record. If a record has more, only
/// the connections to the peers with the lowest names count.
constexpr std::size_t max_connections = 16 * 1024;

constexpr std::size_t max_peers = 16 * 1024;
constexpr std::size_t max_edges = 1024 * 1024;
/// The maximum number of connections, in all records, to peers without a
/// record.
constexpr std::size_t max_unresolved = 64 * 1024;

/// Limits on all records together. If they are exceeded, `fair_share` chooses
/// the peers that a node forgets.
struct totals {
  std::size_t peers = max_peers;
  std::size_t edges = max_edges;
  std::size_t unresolved = max_unresolved;

  /// The limits while an update is applied. After that, `fair_share` chooses
  /// peers to forget, so that the usual limits hold again.
  totals twice() const noexcept {
    return {2 * peers, 2 * edges, 2 * unresolved};
  }
};

/// @returns the address, or an empty text if the address is too long
inline std::string_view address(std::string_view x) noexcept {
  return x.size() > max_address ? std::string_view{} : x;
}

/// Cuts a nickname that is too long. Every peer applies these functions to
/// received records, so that all peers have the same content.
void apply(peer_summary& peer);
/// Keeps the first `max_connections` connections of a record, and makes
/// addresses that are too long empty.
/// @param connections sorted by remote
void apply(std::vector<wire::connection_view>& connections);

} // namespace cafmesh::record_limits
