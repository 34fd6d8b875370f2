#include <algorithm>

#include "actors/core/mesh/discovery.hpp"
#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that takes connections out of our record before they
// end, because we give them up or their remotes do.
namespace cafmesh {

mesh_graph mesh_model::state::listed_graph() const {
  auto result = known.graph();
  edge_list ours;
  for (const auto& [name, x] : connections)
    if (!x.leaves_at)
      ours.append(known.find(name), x.outbound, x.established);
  result.connections[peers::self] = ours;
  return result;
}

void mesh_model::state::list_again(own_connection& x,
                                   std::optional<instant> leaves_at,
                                   instant now) {
  x.leaves_at = leaves_at;
  known.replace_own(own_summaries(), own_edges());
  auto ourselves = known.summary(peers::self);
  ++ourselves.version;
  ourselves_changed(std::move(ourselves), now);
  to_announce.hurry(now);
}

void mesh_model::state::wake_to_leave(std::optional<instant>& at) const {
  for (const auto& [name, x] : connections)
    if (x.leaves_at && given_up_by_remote.count(name) == 0)
      at = std::min(at.value_or(*x.leaves_at), *x.leaves_at);
}

// If the user has named the remote meanwhile, the connection stays.
std::optional<connection_id>
mesh_model::state::due_to_leave(const std::vector<connection_id>& chosen,
                                instant now) {
  std::optional<connection_id> result;
  for (auto& [name, x] : connections) {
    if (!x.leaves_at || given_up_by_remote.count(name) != 0)
      continue;
    const auto is_chosen =
      std::find(chosen.begin(), chosen.end(), x.id) != chosen.end();
    if (!is_chosen || x.is_named)
      list_again(x, std::nullopt, now);
    else if (*x.leaves_at <= now)
      result = x.id;
  }
  return result;
}

void mesh_model::state::heed(peer_name neighbour, instant now) {
  auto i = connections.find(neighbour);
  if (i == connections.end())
    return;
  auto& x = i->second;
  if (lists_us(known.find(neighbour))) {
    x.was_listed = true;
  } else if (x.established && x.was_listed && !x.leaves_at) {
    given_up_by_remote.insert(neighbour);
    list_again(x, now + discovery::time_to_hear, now);
  }
}

// Here, anybody's word counts: it costs nothing to keep a connection.
void mesh_model::state::keep_listed(instant now) {
  for (auto i = given_up_by_remote.begin(); i != given_up_by_remote.end();) {
    if (!lists_us(known.find(*i))) {
      ++i;
      continue;
    }
    list_again(connections.at(*i), std::nullopt, now);
    i = given_up_by_remote.erase(i);
  }
}

void mesh_model::state::leave_with_remotes(instant now,
                                           mesh_model_effects& out) {
  for (const auto& name : given_up_by_remote) {
    auto& x = connections.at(name);
    if (*x.leaves_at > now)
      continue;
    out.given_up.push_back(x.id);
    x.leaves_at = now + discovery::time_to_hear;
  }
}

} // namespace cafmesh
