#include <algorithm>
#include <cmath>
#include <utility>

#include "actors/core/mesh/common_tree.hpp"
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
  if (result)
    return result;
  std::vector<peer_name> any;
  for (auto& [neighbour, x] : s.connections)
    if (x.understands_digests)
      any.push_back(neighbour);
  if (any.empty())
    return std::nullopt;
  return any[std::uniform_int_distribution<std::size_t>{0,
                                                        any.size() - 1}(s.rng)];
}

// -- steps

// Beside neighbours that all understand no digests, we are as they are.
bool mesh_model::state::gathers(instant now) const {
  return options.digests && spreading.is_busy(now)
         && connections.size() >= news_spreading::few
         && without_digests < connections.size();
}

void mesh_model::state::gather(const std::vector<slot>& subjects,
                               peer_name from, instant now) {
  if (subjects.empty() || broadcast_instead(subjects, now))
    return;
  if (spreading.needs_targets())
    choose_targets(now);
  for (auto who : subjects)
    spreading.add(who, from, now);
  gather_own_record(subjects, now);
  spreading.compare_some_time(now);
}

void mesh_model::state::choose_targets(instant now) {
  auto chosen = targets();
  std::sort(chosen.begin(), chosen.end());
  for (auto& [neighbour, x] : connections)
    if (!std::binary_search(chosen.begin(), chosen.end(), neighbour))
      spreading.compare_later(neighbour, now);
  spreading.choose(std::move(chosen));
}

bool mesh_model::state::broadcast_instead(const std::vector<slot>& subjects,
                                          instant now) {
  if (!must_broadcast())
    return false;
  for (auto who : subjects)
    to_announce.add(known.summary(who).name, now);
  spreading.compare_some_time(now);
  return true;
}

void mesh_model::state::gather_own_record(std::vector<slot> beside,
                                          instant now) {
  const auto& ours = known.summary(peers::self).version;
  const auto count = beside.size();
  if (own_version_gathered == ours)
    return;
  add_own_record(beside);
  if (beside.size() == count)
    return;
  spreading.add(peers::self, {}, now);
  own_version_gathered = ours;
}

void mesh_model::state::gather_for_some(const std::vector<slot>& news,
                                        peer_name from, instant now) {
  // With fewer neighbours, all of them get all gossip.
  if (news.empty() || !options.digests
      || connections.size() <= told_at_random())
    return;
  if (broadcast_instead(news, now))
    return;
  spreading.choose_few(those_who_depend_on_us());
  for (auto who : news)
    spreading.add(who, from, now);
}

void mesh_model::state::gather_again(const std::vector<slot>& lost,
                                     instant now) {
  if (lost.empty() || connections.empty())
    return;
  // Those that were chosen before its end are not all that depend on us now.
  choose_targets(now);
  gather(lost, {}, now);
}

bool mesh_model::state::must_broadcast() const {
  if (without_digests == 0)
    return false;
  const auto at_random = told_at_random();
  std::vector<slot> unreliable;
  for (auto& [neighbour, x] : connections)
    if (auto who = known.find(neighbour);
        !x.understands_digests && who != peers::none
        && known.connections(who).edges().size() >= at_random)
      unreliable.push_back(who);
  if (unreliable.empty())
    return false;
  const auto in_tree = neighbours_in_common_tree(known.graph());
  return std::any_of(unreliable.begin(), unreliable.end(), [&](slot x) {
    return std::binary_search(in_tree.begin(), in_tree.end(), x);
  });
}

std::size_t mesh_model::state::told_at_random() const {
  auto& all = known.by_name();
  auto count = std::count_if(all.begin(), all.end(), [this](slot x) {
    return reachable.is_reachable(x);
  });
  return static_cast<std::size_t>(2 * std::log2(static_cast<double>(count)));
}

// The neighbours in the common tree, so that news reaches all peers as soon as
// they have the same records. Those to which nobody else may pass gossip on:
// neighbours with few connections of their own, with one to us that they have
// not reported yet, or without digests.
std::vector<peer_name> mesh_model::state::those_who_depend_on_us() const {
  auto graph = known.graph();
  auto in_tree = neighbours_in_common_tree(graph);
  std::vector<peer_name> result;
  for (const auto& e : graph.edges(peers::self)) {
    auto name = known.summary(e.to).name;
    auto x = connections.find(name);
    if (x == connections.end())
      continue;
    if (!graph.established_both_ways(peers::self, e)
        || !x->second.understands_digests
        || graph.edges(e.to).size() < news_spreading::few
        || std::binary_search(in_tree.begin(), in_tree.end(), e.to))
      result.push_back(name);
  }
  return result;
}

// Two at random besides, so that most news also reaches all while peers do not
// have the same records.
std::vector<peer_name> mesh_model::state::targets() {
  constexpr int at_random = 2;
  auto result = those_who_depend_on_us();
  std::vector<peer_name> others;
  for (auto& [neighbour, x] : connections)
    if (!std::binary_search(result.begin(), result.end(), neighbour))
      others.push_back(neighbour);
  std::sample(others.begin(), others.end(), std::back_inserter(result),
              at_random, rng);
  return result;
}

routes_ptr mesh_model::state::routes_now() {
  if (current)
    return current;
  auto graph = known.graph();
  edge_list ours;
  for (const auto& [name, x] : connections)
    ours.append(known.find(name), x.outbound, x.established);
  graph.connections[peers::self] = ours;
  current = std::make_shared<const routes>(++generation, std::move(graph));
  return current;
}

} // namespace cafmesh
