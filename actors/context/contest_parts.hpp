#pragma once

#include "actors/context/connection_parts.hpp"

/// What the topology asks of single connections: of those that lead to peers of
/// one name, and of those that it gives up.
namespace cafmesh {

/// topology -> connection: it waits for the end of another one.
struct waits_for_another {};

/// topology -> connection: close the connection for this reason if the host
/// that a probe has found dead is still so. Answered with whether it closes.
struct close_if_dead {
  caf::error why;
};

/// topology -> connection: no routes of ours lead over it any more. Close it
/// once nothing more is under way on it, and soon in any case.
struct drain_connection {
  caf::error why;
};

using contestant_actor =
  connection_actor::extend<caf::reacts_to<waits_for_another>,
                           caf::replies_to<close_if_dead>::with<bool>,
                           caf::reacts_to<drain_connection>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::waits_for_another)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::close_if_dead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::drain_connection)
