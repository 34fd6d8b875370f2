#pragma once

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_name.hpp>

/// A peer's name in a message of a replicated value: a run whose size tells the
/// flavour.
namespace cafmesh {

void append_owner_name(bytes& out, peer_name x);

/// Reads a name whose flavour follows from its size.
/// @returns the unknown peer if no flavour has names of this size.
peer_name read_owner_name(byte_view run);

} // namespace cafmesh
