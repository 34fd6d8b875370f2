#include <algorithm>
#include <utility>

#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that gathers news for the neighbours.
namespace cafmesh {

std::vector<gathered_records> mesh_model::take_gathered(instant now) {
  auto& s = *state_;
  std::vector<gathered_records> result;
  for (auto& x : s.spreading.take_due(s.known.size(), now))
    if (auto records = s.records_of(std::move(x.subjects)))
      result.push_back({std::move(x.neighbours), std::move(records)});
  return result;
}

std::optional<peer_name> mesh_model::take_to_compare(instant now) {
  auto& s = *state_;
  if (!s.spreading.must_compare(now))
    return std::nullopt;
  auto result = s.spreading.take_to_compare(now);
  if (result || s.connections.empty())
    return result;
  auto any = s.connections.begin();
  std::advance(
    any, std::uniform_int_distribution<std::ptrdiff_t>{
           0, static_cast<std::ptrdiff_t>(s.connections.size()) - 1}(s.rng));
  return any->first;
}

// -- steps

bool mesh_model::state::gathers(instant now) const {
  return options.digests && spreading.is_busy(now)
         && connections.size() >= news_spreading::few && without_digests == 0;
}

void mesh_model::state::gather(const std::vector<slot>& subjects,
                               peer_name from, instant now) {
  if (subjects.empty())
    return;
  if (spreading.needs_targets()) {
    auto chosen = targets();
    std::sort(chosen.begin(), chosen.end());
    for (auto& [neighbour, x] : connections)
      if (!std::binary_search(chosen.begin(), chosen.end(), neighbour))
        spreading.compare_later(neighbour, now);
    spreading.choose(std::move(chosen));
  }
  for (auto who : subjects)
    spreading.add(who, from, now);
}

// The neighbours in the broadcast tree of the first reachable peer by name,
// those with few connections, and two others at random. Along the tree, news
// reaches all peers once they have the same records; until then, the random
// neighbours help. A neighbour with few connections may get news from nobody
// else.
std::vector<peer_name> mesh_model::state::targets() {
  constexpr int at_random = 2;
  auto way = routes_now();
  auto& order = known.by_name();
  auto first = std::find_if(order.begin(), order.end(), [this](slot x) {
    return reachable.is_reachable(x);
  });
  auto root = known.summary(*first).name;
  auto result = way->broadcast_targets(root);
  if (auto parent = way->broadcast_sender(root)) {
    // The parent has ended, or its record was made up.
    if (connections.count(*parent) == 0)
      return all_neighbours();
    result.push_back(*parent);
  }
  std::sort(result.begin(), result.end());
  std::vector<peer_name> others, few_connections;
  for (auto& [neighbour, x] : connections)
    if (std::binary_search(result.begin(), result.end(), neighbour))
      continue;
    else if (way->connection_count(neighbour) < news_spreading::few)
      few_connections.push_back(neighbour);
    else
      others.push_back(neighbour);
  result.insert(result.end(), few_connections.begin(), few_connections.end());
  std::sample(others.begin(), others.end(), std::back_inserter(result),
              at_random, rng);
  return result;
}

std::vector<peer_name> mesh_model::state::all_neighbours() const {
  std::vector<peer_name> result;
  for (auto& [neighbour, x] : connections)
    result.push_back(neighbour);
  return result;
}

routes_ptr mesh_model::state::routes_now() {
  if (current)
    return current;
  current = std::make_shared<const routes>(++generation, known.graph());
  return current;
}

} // namespace cafmesh
