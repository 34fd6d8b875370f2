#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>

/// Messages on the channel `topology` that are not updates (PROTOCOL.md,
/// "Digests"). No gob stream begins with the first byte of such a message. The
/// messages are sent only to neighbours that announce `TopologyDigests`.
namespace cafmesh::wire {

enum class topology_message : std::uint8_t {
  update,
  outline,       ///< of the sender's records; the outline follows
  end_of_answer, ///< all records that an outline asked for have been sent
  unknown,       ///< of a later edition, to be ignored
};

topology_message kind_of_topology_message(byte_view data) noexcept;

/// @param outline as `cafmesh::encode` writes it.
payload outline_message(byte_view outline);
/// @pre the kind is `outline`
byte_view outline_in(byte_view message) noexcept;

const payload& end_of_answer();

} // namespace cafmesh::wire
