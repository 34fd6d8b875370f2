#pragma once

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_name.hpp>

/// Writes and reads peer names in the messages of replicated values. The size
/// of a name tells its flavour: 6 bytes for `mac`, 16 bytes for `hash`.
namespace cafmesh {

void append_owner_name(bytes& out, peer_name x);

/// Reads a name. Returns the unknown peer if no flavour has this size.
peer_name read_owner_name(byte_view run);

} // namespace cafmesh
