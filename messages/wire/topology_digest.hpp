#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>

/// Messages on the channel `topology` that are not updates (PROTOCOL.md,
/// "Digests"). Their first byte distinguishes them from updates: no gob stream
/// begins with it. They are sent only to neighbours that announce the feature
/// `TopologyDigests`.
namespace cafmesh::wire {

enum class topology_message : std::uint8_t {
  update,
  outline,       ///< from which the receiver finds the records that differ
  end_of_answer, ///< all records that an outline asked for have been sent
  unknown,       ///< of a later version, to be ignored
};

topology_message kind_of_topology_message(byte_view data) noexcept;

/// Makes a message of an outline that `cafmesh::encode` has written.
payload outline_message(byte_view outline);
/// The outline in a message of the kind `outline`.
byte_view outline_in(byte_view message) noexcept;

const payload& end_of_answer();

} // namespace cafmesh::wire
