#include <algorithm>
#include <utility>

#include "actors/core/mesh/fair_share.hpp"
#include "actors/core/mesh/mesh_model_state.hpp"

// The part of `mesh_model` that chooses the peers to forget if records exceed
// the limits.
namespace cafmesh {

namespace {

std::size_t excess(std::size_t count, std::size_t limit) {
  return count > limit ? count - limit : 0;
}

} // namespace

record_limits::totals mesh_model::state::limits_for(byte_view update) {
  unspent_bytes = std::min(unspent_bytes + update.size(), most_unspent_bytes());
  return unspent_bytes < search_cost() ? options.limits
                                       : options.limits.twice();
}

std::size_t mesh_model::state::most_unspent_bytes() const noexcept {
  constexpr std::size_t searches = 64;
  return searches * options.limits.peers;
}

// The cost of a search for peers to drop, in bytes of updates (see
// `limits_for`). It is one byte for each peer and one for every 16 connections,
// so an update with all records pays for its own search.
std::size_t mesh_model::state::search_cost() const noexcept {
  return known.size() + known.edge_count() / 16;
}

bool mesh_model::state::exceeds_limits() const noexcept {
  auto& limits = options.limits;
  return known.size() > limits.peers || known.edge_count() > limits.edges
         || known.unresolved_count() > limits.unresolved;
}

void mesh_model::state::make_room(staged_update& update,
                                  std::vector<slot>& news,
                                  const kept_views& before,
                                  mesh_model_effects& out) {
  if (update.limits.peers == options.limits.peers || !exceeds_limits())
    return;
  unspent_bytes -= std::min(unspent_bytes, search_cost());
  auto gone = beyond_limits();
  if (gone.empty())
    return;
  std::vector<std::uint8_t> goes(known.slot_count());
  for (auto who : gone)
    goes[who] = 1;
  auto leave = [&goes](std::vector<slot>& from) {
    from.erase(std::remove_if(from.begin(), from.end(),
                              [&goes](slot who) { return goes[who] != 0; }),
               from.end());
  };
  auto& created = update.created;
  auto same_number = gone.size() == created.size();
  drop(gone, created, before.joined_count, out);
  leave(update.subjects);
  leave(news);
  leave(created);
  // If the update brought only peers that are dropped again, nothing has
  // changed. The old routes and lists of records are put back, because a member
  // could otherwise keep us busy computing them.
  if (!same_number || !created.empty() || !news.empty())
    return;
  current = before.current;
  all_records = before.all_records;
  index = before.index;
  out.routes_changed = before.routes_changed;
  out.short_ids_changed = before.short_ids_changed;
}

std::vector<slot> mesh_model::state::beyond_limits() const {
  auto& limits = options.limits;
  fair_share share{known.graph()};
  std::vector<std::uint32_t> weights(known.slot_count(), 1);
  auto weigh = [&](auto weight_of) {
    std::size_t sum = 0;
    for (auto who : known.by_name()) {
      weights[who] =
        share.is_dropped(who) ? 0 : static_cast<std::uint32_t>(weight_of(who));
      sum += weights[who];
    }
    return sum;
  };
  share.drop(excess(known.size(), limits.peers), weights);
  auto edges = weigh([this](slot who) { return known.degree(who); });
  share.drop(excess(edges, limits.edges), weights);
  // Only the name of a dropped peer remains, in the connections of other peers.
  // The number of such names may then exceed its limit, so the loop repeats. If
  // there are still too many names after the loop, `peers::drop` leaves some
  // out.
  constexpr int rounds = 4;
  for (int i = 0; i < rounds; ++i) {
    auto nameless = weigh([this, &share](slot who) {
      auto all = known.connections(who).edges();
      auto lost = std::count_if(all.begin(), all.end(), [&](const auto& e) {
        return share.is_dropped(e.to);
      });
      return known.unresolved_count(who) + static_cast<std::size_t>(lost);
    });
    if (nameless <= limits.unresolved)
      break;
    share.drop(nameless - limits.unresolved, weights);
  }
  return share.dropped();
}

void mesh_model::state::drop(const std::vector<slot>& gone,
                             const std::vector<slot>& created,
                             std::size_t joined_before,
                             mesh_model_effects& out) {
  enum mark : std::uint8_t { old, created_now, gone_at_once };
  std::vector<mark> marks(known.slot_count(), old);
  for (auto who : created)
    marks[who] = created_now;
  for (auto who : gone) {
    auto& x = known.summary(who);
    move_claim(x.name, x.alias, std::nullopt, out);
    reachable.erased(who);
    if (x.uid != peer_uid::none)
      ++out.refused_records;
    if (marks[who] == created_now)
      marks[who] = gone_at_once;
    else
      tell_left(x, out);
  }
  auto never_came = [this, &marks](const peer_summary& x) {
    auto who = known.find(x.name);
    return who != peers::none && marks[who] == gone_at_once;
  };
  auto first = out.joined.begin() + static_cast<std::ptrdiff_t>(joined_before);
  out.joined.erase(std::remove_if(first, out.joined.end(), never_came),
                   out.joined.end());
  known.drop(gone, options.limits.unresolved);
  reachable.peers_changed();
  graph_changed(out);
}

} // namespace cafmesh
