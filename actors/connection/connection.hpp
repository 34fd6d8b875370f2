#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include "actors/context/inbound_lines.hpp"
#include "actors/context/node_context.hpp"

/// The function that spawns the actor for the connection to one remote, and its
/// parameters.
namespace cafmesh {

struct connection_start {
  connection_id id{};
  socket_ptr socket;
  bool outbound = false;
  /// The target that was dialled; empty for an inbound connection.
  std::string target;
  bool may_be_new = false; ///< whether the remote may be an unknown peer
  /// Outbound: the index of the password for the introduction.
  std::size_t password = 0;
  /// Inbound: the acceptor to tell when the remote is authenticated.
  acceptor_actor accepted_by;
  /// Inbound: whether to write no log line before the remote is authenticated.
  bool quiet = false;
  /// Inbound: the limit on log lines after the remote is authenticated.
  std::shared_ptr<inbound_lines> lines;
};

/// An ID that this process has not used yet. May be called from any thread.
connection_id next_connection_id() noexcept;

/// The connections in `known` that have not ended.
/// @param known a map whose keys are the addresses of connections
template <class Map>
std::vector<connection_actor> live_connections(const Map& known) {
  std::vector<connection_actor> result;
  for (const auto& x : known)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first))
      result.push_back(caf::actor_cast<connection_actor>(ptr));
  return result;
}

/// Spawns the actor that owns the socket of one connection. `link` does the
/// handshake, sealing and framing. The actor's exit reason says why it ended.
///
///     handshaking -> registering -> open -> closed
///                                      `-> finishing -> half_closed -^
///
/// While registering, the connection waits for the topology to admit it, and
/// delivers nothing. Gossip would describe peers that we cannot reach yet, and
/// the topology would drop these peers. While finishing, the connection writes
/// waiting output. When half closed, it has closed its side and waits for the
/// remote to close too.
///
/// A connection that is given up stays open until no message has passed for a
/// while. It delivers input until the remote closes. Other connections discard
/// input while finishing or half closed. If the remote closes its side first,
/// we write waiting output before we close.
connection_actor spawn_connection(caf::local_actor* parent, context_ptr ctx,
                                  connection_start start);

} // namespace cafmesh
