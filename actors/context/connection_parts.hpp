#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

#include "messages/internal/traffic.hpp"
#include <cafmesh/status.hpp>
#include <cafmesh/transport.hpp>

/// Handles of the parts that make and hold connections, and what the parts of a
/// node say to them.
namespace cafmesh {

// -- stopping: router -> the others, in this order

/// -> acceptor, connection_maker: accept and dial no more.
struct refuse_connections {};

/// -> acceptor, connection_maker -> connection: take no more, write what there
/// is, then close.
struct finish_connections {};

// -- connection

/// anybody -> connection: close for this reason.
struct close_connection {
  caf::error why;
};

/// -> connection_status
struct get_connection_status {};

using connection_actor = caf::typed_actor<
  caf::reacts_to<transmit>, caf::reacts_to<close_connection>,
  caf::reacts_to<finish_connections>,
  caf::replies_to<get_connection_status>::with<connection_status>>;

// -- acceptor

/// connection -> acceptor: the remote has proved that it knows the password, and
/// no longer counts against the quota of the unauthenticated.
struct remote_authenticated {
  connection_id id;
};

using acceptor_actor =
  listener_owner_actor::extend<caf::reacts_to<remote_authenticated>,
                               caf::reacts_to<refuse_connections>,
                               caf::reacts_to<finish_connections>>;

// -- dialler

using dialler_actor = dial_owner_actor;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::transmit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::refuse_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::finish_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::close_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_connection_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::remote_authenticated)
