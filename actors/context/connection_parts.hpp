#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

#include "messages/internal/traffic.hpp"
#include <cafmesh/status.hpp>
#include <cafmesh/transport.hpp>

/// The handles and messages of connections, and of the acceptor and the
/// diallers, which create them.
namespace cafmesh {

// -- stopping: messages of the router, in this order

/// router -> acceptor, connection_maker: stop accepting and dialling.
struct refuse_connections {};

/// router -> acceptor, connection_maker -> connection, or topology ->
/// connection: take no further messages, write those that wait, then close.
struct finish_connections {
  caf::error why; ///< if empty, the node is stopping
};

// -- connection

struct close_connection {
  caf::error why;
};

/// connection_maker -> connection: close the connection for this reason, unless
/// the topology has already admitted it.
struct close_if_not_admitted {
  caf::error why;
};

/// topology -> connection: find out whether the remote's host is alive, because
/// two connections lead to peers of the same name. The answer is false if the
/// operating system considers the host dead and the host has acknowledged
/// nothing for `probe_limit`. If the operating system cannot tell within
/// `longest_probe`, the answer is errc::timed_out.
struct probe_remote {};
constexpr std::chrono::seconds probe_limit{1};
constexpr std::chrono::seconds longest_probe{10};

/// router -> acceptor, connection_maker -> connection: the node's passwords
/// have changed.
struct passwords_changed {};

struct get_connection_status {};

using connection_actor = caf::typed_actor<
  caf::reacts_to<transmit>, caf::reacts_to<close_connection>,
  caf::reacts_to<close_if_not_admitted>,
  caf::replies_to<probe_remote>::with<bool>, caf::reacts_to<finish_connections>,
  caf::reacts_to<passwords_changed>,
  caf::replies_to<get_connection_status>::with<connection_status>>;

/// status query -> acceptor, connection_maker. Answered with the connections
/// that have not ended, including those whose introduction is not complete.
struct get_connections {};

// -- acceptor

/// connection -> acceptor: the remote is authenticated and no longer counts
/// against the quota of unauthenticated remotes.
struct remote_authenticated {
  connection_id id;
};

/// status query -> acceptor. Answered with an inbound_status.
struct get_inbound_status {};

using acceptor_actor = listener_owner_actor::extend<
  caf::reacts_to<remote_authenticated>, caf::reacts_to<refuse_connections>,
  caf::reacts_to<finish_connections>, caf::reacts_to<passwords_changed>,
  caf::replies_to<get_connections>::with<std::vector<connection_actor>>,
  caf::replies_to<get_inbound_status>::with<inbound_status>>;

// -- dialler

using dialler_actor = dial_owner_actor;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::transmit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::refuse_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::finish_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::close_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::close_if_not_admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::probe_remote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::passwords_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_connection_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_inbound_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::inbound_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<cafmesh::connection_actor>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::remote_authenticated)
