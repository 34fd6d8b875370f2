#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/context/topology_parts.hpp"

/// The connection maker's handle, and what diallers and connections tell it.
namespace cafmesh {

/// A dial is about to try these hosts, which its target's name stands for.
struct attempt_resolved {
  std::string target;
  std::vector<std::string> hosts;
};

/// The dial failed; there is no connection.
struct attempt_failed {
  std::string target;
  caf::error why;
};

/// dialler -> connection_maker: a connection exists. The maker monitors it; its
/// exit reason says why it ended.
struct connection_dialled {
  std::string target;
  connection_id id;
  connection_actor connection;
  bool may_be_new = false;
  /// Which of our passwords it introduces itself with.
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
  caf::replies_to<get_dial_status>::with<dial_status>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::attempt_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connection_admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_dial_status)
