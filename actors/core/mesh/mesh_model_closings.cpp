#include <algorithm>

#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that forgets at once a peer whose process has ended.
// Otherwise only its neighbours would know at once.
namespace cafmesh {

std::optional<closing>
mesh_model::remove_closed_connection(connection_id id, instant now,
                                     mesh_model_effects& out) {
  auto& s = *state_;
  auto remote = s.names_by_connection.find(id);
  if (remote == s.names_by_connection.end())
    return std::nullopt;
  const auto name = remote->second;
  const closing result{name, s.connections[name].remote_uid};
  const auto degree = s.known.degree(s.known.find(name));
  s.closings.add(result, s.self.name, now);
  remove_connection(id, now, out);
  s.to_announce.hurry(now);
  if (degree > closing_reports::most_reporters)
    return std::nullopt;
  return result;
}

void mesh_model::note_closing(const closing& x, peer_name reporter, instant now,
                              mesh_model_effects& out) {
  auto& s = *state_;
  const auto who = s.known.find(x.peer);
  // Remembers only what can matter, so that made-up reports take no memory. We
  // ourselves know our own connections.
  if (reporter == s.self.name || who == peers::none
      || s.known.summary(who).uid != x.uid
      || !s.reports_connection(who, reporter))
    return;
  s.closings.add(x, reporter, now);
  s.collect_closed(now, out);
}

bool mesh_model::state::reports_connection(slot who, peer_name remote) const {
  const auto to = known.find(remote);
  auto all = known.connections(who).edges();
  return to != peers::none
         && std::any_of(all.begin(), all.end(),
                        [to](const auto& e) { return e.to == to; });
}

bool mesh_model::state::has_closed_all(
  const closing& x, const closing_reports::reporters& by) const {
  const auto who = known.find(x.peer);
  if (who == peers::none || known.summary(who).uid != x.uid
      || reachable.is_reachable(who))
    return false;
  auto all = known.connections(who).edges();
  return !all.empty()
         && std::all_of(all.begin(), all.end(), [&](const auto& e) {
              return !reachable.is_reachable(e.to)
                     || by.count(known.summary(e.to).name) > 0;
            });
}

void mesh_model::state::collect_closed(instant now, mesh_model_effects& out) {
  if (closings.empty())
    return;
  std::vector<slot> gone;
  closings.visit(now, [&](const closing& x, const auto& by) {
    if (has_closed_all(x, by))
      gone.push_back(known.find(x.peer));
  });
  if (gone.empty())
    return;
  for (auto who : gone)
    leaves(who, out);
  // Unreachable peers that stay may report connections to those that go.
  known.drop(gone, options.limits.unresolved);
  erased(now, out);
}

} // namespace cafmesh
