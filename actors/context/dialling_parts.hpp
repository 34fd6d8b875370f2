#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/context/topology_parts.hpp"
#include "actors/core/dialling/targets.hpp"

/// The handle of the connection maker, and its messages.
namespace cafmesh {

/// lookup -> connection_maker: the target's name has resolved to these
/// addresses.
struct attempt_resolved {
  std::string target;
  std::vector<std::string> hosts;
};

/// lookup -> connection_maker: the target's name does not resolve.
struct attempt_failed {
  std::string target;
  caf::error why;
};

struct dial_failed {
  targets::dial what;
  caf::error why;
};

/// dialler -> connection_maker: the dial led to this connection. The connection
/// maker monitors the connection, whose exit reason says why it ended.
struct connection_dialled {
  targets::dial what;
  connection_id id;
  connection_actor connection;
};

/// connection -> connection_maker: the topology has admitted the connection.
struct connection_admitted {
  connection_id id;
  connection_actor connection;
  std::string target; ///< empty if inbound
  std::string remote_address;
  peer_name remote;
};

struct get_dial_status {};

using connection_maker_actor = view_watcher_actor::extend<
  caf::reacts_to<start_mesh>, caf::reacts_to<connect_to>,
  caf::reacts_to<forget>, caf::reacts_to<attempt_resolved>,
  caf::reacts_to<attempt_failed>, caf::reacts_to<dial_failed>,
  caf::reacts_to<connection_dialled>, caf::reacts_to<connection_admitted>,
  caf::reacts_to<refuse_connections>, caf::reacts_to<finish_connections>,
  caf::reacts_to<passwords_changed>,
  caf::replies_to<get_connections>::with<std::vector<connection_actor>>,
  caf::replies_to<get_dial_status>::with<dial_status>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::dial_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_dial_status)
