#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/replicated.hpp>

namespace counter {

using counter_actor = cafmesh::replicated_actor<cafmesh::grow_counter>;

/// Serves the pages of `http_pages` over HTTP.
class http_face {
public:
  /// @param self the name of this peer, under which increments are counted
  http_face(caf::actor_system& system, cafmesh::router_actor router,
            counter_actor numbers, cafmesh::peer_name self);
  ~http_face();

  /// Starts to serve, in threads of its own.
  /// @param host the address to listen on; `0.0.0.0` stands for all.
  /// @returns errc::address_in_use, bad_address or socket_failed if it cannot
  ///          listen there; socket_failed if it cannot make its threads.
  caf::error start(const std::string& host, std::uint16_t port);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace counter
