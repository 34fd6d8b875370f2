#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Identifies one actor in the mesh. The UID identifies one run of the peer,
/// which chooses a new random UID at each start. As text, for logs and
/// configuration, an address is `cafmesh:PEER/UID/ACTOR`, with the UID and the
/// actor's ID in decimal: `cafmesh:01:02:03:04:05:06/1234/42`.
struct actor_address {
  /// The unknown peer if the actor's peer is not known.
  peer_name peer;
  peer_uid uid = peer_uid::none; ///< random; new at each start of the peer
  std::uint64_t actor = 0;       ///< the actor's ID at that peer
};

inline bool operator==(const actor_address& x, const actor_address& y) {
  return x.peer == y.peer && x.uid == y.uid && x.actor == y.actor;
}
inline bool operator!=(const actor_address& x, const actor_address& y) {
  return !(x == y);
}

std::string to_string(const actor_address& x);

/// Reads the text form. A peer name with a colon is of the flavour `mac`, and
/// any other name is of the flavour `hash`.
/// @returns the address, or errc::malformed, which quotes the text, if a part
///          is missing, invalid or zero
caf::expected<actor_address> parse_actor_address(std::string_view text);

} // namespace cafmesh
