#pragma once

#include "actors/context/connection_parts.hpp"

/// The messages with which the topology decides between connections that lead
/// to peers of one name, and with which it gives up a connection.
namespace cafmesh {

/// topology -> connection: the topology admits this connection only after
/// another one has ended.
struct waits_for_another {};

/// topology -> connection: a probe has found the remote's host dead. If the
/// host still seems dead, close the connection for this reason. Answered with
/// whether the connection closes.
struct close_if_dead {
  caf::error why;
};

/// topology -> connection: our routes no longer use this connection. Close it
/// once nothing is under way on it, and after a limited time in any case.
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
