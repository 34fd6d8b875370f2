#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

/// Limits on the addresses that other peers' records make us dial: a peer can
/// announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The most addresses considered in one record, and in all records together.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

/// For each slot, whether a path leads there over connections that both ends
/// report as established. A peer without a record is never reached this way,
/// whatever other records claim.
std::vector<std::uint8_t> established_from_us(const mesh_graph& mesh);

} // namespace cafmesh::discovery
