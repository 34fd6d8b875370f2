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
  /// @param self who counts when a client increments.
  http_face(caf::actor_system& system, cafmesh::router_actor router,
            counter_actor numbers, cafmesh::peer_name self);
  ~http_face(); ///< stops serving

  /// Serves in threads of its own from now on.
  /// @returns errc::address_in_use where the address cannot be had.
  caf::error start(const std::string& host, std::uint16_t port);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace counter
