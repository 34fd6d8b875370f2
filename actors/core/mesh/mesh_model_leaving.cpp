#include <algorithm>
#include <utility>

#include "actors/core/mesh/discovery.hpp"
#include "actors/core/mesh/mesh_model_state.hpp"
#include "actors/core/mesh/record_limits.hpp"

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
}

void mesh_model::state::wake_to_leave(std::optional<instant>& at) const {
  for (const auto& [name, x] : connections)
    if (x.leaves_at && given_up_by_remote.count(name) == 0)
      at = std::min(at.value_or(*x.leaves_at), *x.leaves_at);
}

std::vector<peer_name> mesh_model::leaving() const {
  std::vector<peer_name> result;
  for (const auto& [name, x] : state_->connections)
    if (x.leaves_at && state_->given_up_by_remote.count(name) == 0)
      result.push_back(name);
  return result;
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
    if (!is_chosen || x.is_named) {
      list_again(x, std::nullopt, now);
      to_announce.hurry(now);
    } else if (*x.leaves_at <= now)
      result = x.id;
  }
  return result;
}

// A record that is full may have been cut.
bool mesh_model::state::lists_no_longer(slot who) const {
  return !lists_us(who) && known.degree(who) < record_limits::max_connections;
}

// Only the end that dialled a connection gives it up by itself. If both ends
// followed each other, each would wait for the other to list it again. If the
// record differs from the one that we keep, one of the two is made up or
// outdated, so it is ignored.
void mesh_model::state::heed(const encoded_record& of_neighbour, instant now) {
  const auto i =
    of_neighbour ? connections.find(of_neighbour.name()) : connections.end();
  if (i == connections.end() || i->second.outbound)
    return;
  auto& [name, x] = *i;
  const auto who = known.find(name);
  if (who == peers::none || known.encoded(who).data() != of_neighbour.data())
    return;
  if (lists_us(who)) {
    x.was_listed = true;
    if (given_up_by_remote.erase(name) != 0)
      list_again(x, std::nullopt, now);
  } else if (x.established && x.was_listed && !x.leaves_at
             && lists_no_longer(who)) {
    given_up_by_remote.insert(name);
    list_again(x, now + discovery::time_to_hear, now);
    // A remote that keeps changing its mind must not make us hurry each time.
    if (!std::exchange(x.has_left, true))
      to_announce.hurry(now);
  }
}

// If the record lists us by now, we may have missed that the remote keeps the
// connection. It does not matter who sent us that record.
void mesh_model::state::leave_with_remotes(instant now,
                                           mesh_model_effects& out) {
  for (auto i = given_up_by_remote.begin(); i != given_up_by_remote.end();) {
    auto& x = connections.at(*i);
    if (*x.leaves_at > now) {
      ++i;
    } else if (lists_no_longer(known.find(*i))) {
      out.given_up.push_back(x.id);
      x.leaves_at = now + discovery::time_to_hear;
      ++i;
    } else {
      list_again(x, std::nullopt, now);
      i = given_up_by_remote.erase(i);
    }
  }
}

} // namespace cafmesh
