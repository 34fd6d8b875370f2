#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

/// Limits on the addresses that other peers' records make us dial: a peer can
/// announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The addresses of one record that are looked at, and that of all together.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

/// By slot, whether a path leads there over connections that both ends report
/// as established. No record can claim that for a peer which has no record.
std::vector<std::uint8_t> established_from_us(const mesh_graph& mesh);

} // namespace cafmesh::discovery
