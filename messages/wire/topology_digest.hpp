#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>

/// Messages on the channel `topology` that are not updates (PROTOCOL.md,
/// "Digests"). Their first byte distinguishes them from updates, because no gob
/// stream begins with such a byte. They are sent only to neighbours that
/// announce the feature `TopologyDigests`.
namespace cafmesh::wire {

enum class topology_message : std::uint8_t {
  update,
  outline,       ///< lets the receiver find the records that differ
  end_of_answer, ///< all records that an outline asked for have been sent
  unknown,       ///< of a later version, to be ignored
};

topology_message kind_of_topology_message(byte_view data) noexcept;

/// Makes a message that carries an outline written by `cafmesh::encode`.
payload outline_message(byte_view outline);
/// The outline in a message of the kind `outline`.
byte_view outline_in(byte_view message) noexcept;

const payload& end_of_answer();

} // namespace cafmesh::wire
