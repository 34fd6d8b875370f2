#include <cafmesh/replicated.hpp>

#include <algorithm>
#include <chrono>
#include <random>

#include "actors/caf_version/lifetime.hpp"

// The parts of replicated values that are not templates, and instantiations for
// the values of this library.
namespace cafmesh { // NOLINT(modernize-concat-nested-namespaces)

namespace replication {

std::vector<peer_name> peers_to_ask(const mesh_description& x) {
  constexpr std::size_t max_asked = 8;
  std::vector<peer_name> result, others;
  std::mt19937_64 rng;
  for (const auto& [peer, connections] : x.peers) {
    if (peer.name != x.self) {
      others.push_back(peer.name);
      continue;
    }
    rng.seed(value_of(peer.uid));
    for (const auto& connection : connections)
      result.push_back(connection.remote);
  }
  auto is_neighbour = [&](peer_name who) {
    return std::find(result.begin(), result.end(), who) != result.end();
  };
  others.erase(std::remove_if(others.begin(), others.end(), is_neighbour),
               others.end());
  std::shuffle(result.begin(), result.end(), rng);
  std::shuffle(others.begin(), others.end(), rng);
  result.insert(result.end(), others.begin(), others.end());
  result.resize(std::min(result.size(), max_asked));
  return result;
}

wall_time this_second() {
  return std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
}

void on_down(caf::scheduled_actor& self,
             std::function<void(const caf::actor_addr&, const caf::error&)> f) {
  caf_version::on_down(&self, std::move(f));
}

} // namespace replication

template replicated_actor<grow_counter>
spawn_replicated(caf::actor_system&, router_actor, std::string, grow_counter,
                 replicated_options);
template replicated_actor<lww_map> spawn_replicated(caf::actor_system&,
                                                    router_actor, std::string,
                                                    lww_map,
                                                    replicated_options);
template replicated_actor<observed_remove_set>
spawn_replicated(caf::actor_system&, router_actor, std::string,
                 observed_remove_set, replicated_options);

} // namespace cafmesh
