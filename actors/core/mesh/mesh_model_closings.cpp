#include <algorithm>
#include <utility>

#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that handles closing reports, so that all peers soon
// learn that a peer's process has ended.
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
  const auto who = s.known.find(name);
  if (!s.lists_us(who)) {
    remove_connection(id, now, out);
    s.to_announce.hurry(now);
    return std::nullopt;
  }
  const auto degree = s.known.degree(who);
  s.closings.add(result, s.self.name, now);
  remove_connection(id, now, out);
  s.to_announce.hurry(now);
  if (degree > closing_reports::most_reporters)
    return std::nullopt;
  return result;
}

std::optional<closing> mesh_model::drained_one_closed(const closing& by,
                                                      instant now,
                                                      mesh_model_effects& out) {
  auto& s = *state_;
  if (s.connections.count(by.peer) != 0 || !s.can_matter(by, s.self.name))
    return std::nullopt;
  s.closings.expire(now);
  if (const auto* all = s.closings.add(by, s.self.name, now))
    s.tell_if_closed(by, *all, out);
  return by;
}

// A peer that gives up a connection announces a record that no longer lists the
// connection before it closes the connection.
bool mesh_model::state::lists_us(slot who) const {
  const auto all = known.connections(who).edges();
  return std::any_of(all.begin(), all.end(),
                     [](const auto& e) { return e.to == peers::self; });
}

void mesh_model::note_closings(const std::vector<closing>& all,
                               peer_name reporter, instant now,
                               mesh_model_effects& out) {
  auto& s = *state_;
  // Ignores reports in our own name, because we know the ends of our own
  // connections.
  if (reporter == s.self.name)
    return;
  auto expired = false;
  for (const auto& x : all) {
    if (!s.can_matter(x, reporter))
      continue;
    if (!std::exchange(expired, true))
      s.closings.expire(now);
    if (const auto* by = s.closings.add(x, reporter, now))
      s.tell_if_closed(x, *by, out);
  }
}

// Whether the report can make a difference. Other reports are not remembered,
// so that made-up reports take no memory.
bool mesh_model::state::can_matter(const closing& x, peer_name reporter) const {
  const auto who = known.find(x.peer);
  const auto to = known.find(reporter);
  if (who == peers::none || who == peers::self || to == peers::none
      || known.summary(who).uid != x.uid
      || known.degree(who) > closing_reports::most_reporters)
    return false;
  auto all = known.connections(who).edges();
  return std::any_of(all.begin(), all.end(),
                     [to](const auto& e) { return e.to == to; });
}

bool mesh_model::state::has_closed_all(
  slot who, const closing_reports::reporters& by) const {
  auto all = known.connections(who).edges();
  auto has_reported = [&](const auto& e) {
    return by.count(known.summary(e.to).name) > 0;
  };
  return std::any_of(all.begin(), all.end(), has_reported)
         && std::all_of(all.begin(), all.end(), [&](const auto& e) {
              return !reachable.is_reachable(e.to) || has_reported(e);
            });
}

// Keeps the peer's record, in case the reports were made up and the peer can
// soon be reached again.
void mesh_model::state::tell_if_closed(const closing& x,
                                       const closing_reports::reporters& by,
                                       mesh_model_effects& out) {
  const auto who = known.find(x.peer);
  if (who == peers::none || known.summary(who).uid != x.uid
      || reachable.is_reachable(who) || !has_closed_all(who, by))
    return;
  if (told_left.insert(x.peer).second)
    out.left.push_back(known.summary(who));
}

void mesh_model::state::tell_closed(instant now, mesh_model_effects& out) {
  closings.expire(now);
  closings.visit(
    [&](const closing& x, const auto& by) { tell_if_closed(x, by, out); });
}

std::vector<slot> mesh_model::state::refresh(instant now,
                                             mesh_model_effects& out) {
  const auto searches = reachable.is_stale();
  auto found = reachable.refresh(known, now);
  for (auto who : found)
    if (told_left.erase(known.summary(who).name) > 0)
      out.joined.push_back(known.summary(who));
  if (searches)
    tell_closed(now, out);
  return found;
}

void mesh_model::state::tell_left(const peer_summary& x,
                                  mesh_model_effects& out) {
  if (told_left.erase(x.name) == 0 && x.uid != peer_uid::none)
    out.left.push_back(x);
}

} // namespace cafmesh
