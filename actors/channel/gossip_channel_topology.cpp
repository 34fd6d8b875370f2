#include <utility>

#include "actors/channel/gossip_channel_state.hpp"
#include "actors/core/mesh/routes.hpp"

// The gossip of the channel `topology`. Neighbours that understand digests get
// a digest of all records at intervals instead of the records, and not all of
// them get news (PROTOCOL.md, "Digests").
namespace cafmesh {

namespace {

// If more neighbours got news, most of them would have it from others already,
// and a mesh that forms would mostly send what its receivers know.
constexpr std::size_t told_at_once = 4;

// A neighbour with at most this number of connections always gets news.
constexpr std::size_t few_connections = 4;

// With how many neighbours a node compares its records after news, and when: by
// then, the news has reached most peers.
constexpr std::size_t compared_with = 3;
constexpr auto time_to_compare = std::chrono::milliseconds{200};

} // namespace

bool gossip_channel_state::gets_topology_news(peer_name neighbour,
                                              std::size_t& told) const {
  return !may_ask_others(neighbour) || told++ < told_at_once;
}

bool gossip_channel_state::may_ask_others(peer_name neighbour) const {
  return view->digest_neighbours.count(neighbour) != 0
         && view->routes->connection_count(neighbour) > few_connections;
}

void gossip_channel_state::compare_soon() {
  if (!std::exchange(comparing_soon, true))
    self->delayed_send(self, time_to_compare, compare_due{});
}

// Finds news that has not reached us or some neighbours. Peers with few
// connections always get news.
void gossip_channel_state::compare_topology() {
  comparing_soon = false;
  with_fresh_view([this] {
    if (!view->routes || view->connections.size() <= few_connections)
      return;
    send_digests described;
    auto& to = described.neighbours;
    for (auto x : view->routes->random_neighbours(ctx->self.name, rng))
      if (to.size() < compared_with && may_ask_others(x))
        to.push_back(x);
    if (!to.empty())
      self->send(ctx->topology, std::move(described));
  });
}

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
