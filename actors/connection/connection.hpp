#pragma once

#include <string>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// What a connection starts from.
struct connection_start {
  connection_id id{};
  socket_ptr socket;
  bool outbound = false;
  /// What was dialled; empty for an inbound connection.
  std::string target;
  bool may_be_new = false;
  /// Outbound: which of our passwords it introduces itself with.
  std::size_t password = 0;
  /// Told when the remote of an inbound connection has proved itself.
  acceptor_actor accepted_by;
};

/// Never the same twice in a process.
connection_id next_connection_id() noexcept;

/// One neighbour: owns the socket; the handshake, sealing and framing are
/// `link`'s. Ends with the reason for closing as its exit reason.
///
///   handshaking -> registering (topology decides) -> open -> gone
///                                                      `-> finishing -^
///
/// Finishing, it writes what waits and then the end, and is gone when the remote
/// has closed in its turn; what still comes is not for us any more.
///
/// It reads nothing while registering: gossip that came before would describe
/// peers that we cannot reach yet, and the collection would drop them.
connection_actor spawn_connection(caf::actor_system& system, context_ptr ctx,
                                  connection_start start);

} // namespace cafmesh
