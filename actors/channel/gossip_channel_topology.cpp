#include <utility>

#include "actors/channel/gossip_channel_state.hpp"
#include "actors/core/mesh/routes.hpp"

// The periodic gossip of the channel `topology`. Neighbours that understand
// digests get a digest of all records instead of the records (PROTOCOL.md,
// "Digests").
namespace cafmesh {

void gossip_channel_state::gossip_topology() {
  with_fresh_view([this] {
    if (!view->routes)
      return;
    send_digests described;
    for (auto neighbour :
         view->routes->random_neighbours(ctx->self.name, rng)) {
      const auto* to = connection_to(neighbour);
      if (view->digest_neighbours.count(neighbour) != 0)
        described.neighbours.push_back(neighbour);
      else if (to)
        receivers_of_next_state.added[neighbour] = *to;
    }
    if (!described.neighbours.empty())
      self->send(ctx->topology, std::move(described));
    ask_for_state();
  });
}

} // namespace cafmesh
