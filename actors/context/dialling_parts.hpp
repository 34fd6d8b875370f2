#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/context/topology_parts.hpp"

/// The handle of the connection maker, and its messages.
namespace cafmesh {

/// dialler -> connection_maker: the target resolved to these addresses, which
/// are tried next.
struct attempt_resolved {
  std::string target;
  std::vector<std::string> hosts;
};

/// dialler -> connection_maker: the attempt has failed.
struct attempt_failed {
  std::string target;
  caf::error why;
};

/// dialler -> connection_maker: the attempt has succeeded. The maker monitors
/// the connection, whose exit reason says why it ended.
struct connection_dialled {
  std::string target;
  connection_id id;
  connection_actor connection;
  bool may_be_new = false;
  /// The index of the password that the connection uses.
  std::size_t password = 0;
};

/// connection -> connection_maker: the topology has admitted it.
struct connection_admitted {
  connection_id id;
  connection_actor connection;
  std::string target; ///< empty: inbound
  std::string remote_address;
  peer_name remote;
};

/// -> dial_status
struct get_dial_status {};

using connection_maker_actor = view_watcher_actor::extend<
  caf::reacts_to<start_mesh>, caf::reacts_to<connect_to>,
  caf::reacts_to<forget>, caf::reacts_to<attempt_resolved>,
  caf::reacts_to<attempt_failed>, caf::reacts_to<connection_dialled>,
  caf::reacts_to<connection_admitted>, caf::reacts_to<refuse_connections>,
  caf::reacts_to<finish_connections>,
  caf::replies_to<get_connections>::with<std::vector<connection_actor>>,
  caf::replies_to<get_dial_status>::with<dial_status>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_dial_status)
