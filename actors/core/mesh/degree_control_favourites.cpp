#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "actors/core/mesh/degree_survey.hpp"
#include "actors/core/mesh/gates.hpp"

// The part of degree control that remembers dials and failures, and chooses the
// favourites.
namespace cafmesh {

namespace {

constexpr std::chrono::hours longest_pause{24};

} // namespace

// The maximum number of favourites at one address. Also the maximum number of
// favourites chosen because they have been connected for longest.
std::size_t degree_control::few() const {
  return std::max<std::size_t>(least() / 4, 1);
}

// -- failures

void degree_control::is_dialled(peer_name who, instant now) {
  auto i = offered_.find(who);
  if (i != offered_.end() && !i->second)
    i->second = now;
}

void degree_control::has_no_address(peer_name who, instant now) {
  fail(who, now);
}

void degree_control::fail(peer_name who, instant now) {
  auto& x = failed_[who];
  if (x.until > now)
    return;
  x.pause = x.pause == duration::zero()
              ? duration{pause}
              : std::min<duration>(2 * x.pause, longest_pause);
  x.until = now + x.pause;
}

bool degree_control::has_failed(peer_name who, instant now) const {
  auto i = failed_.find(who);
  return i != failed_.end() && i->second.until > now;
}

bool degree_control::is_late(peer_name who, instant now) const {
  auto i = offered_.find(who);
  return i != offered_.end() && i->second && now - *i->second >= late_time
         && !has_failed(who, now);
}

// A peer has also failed if its connection has ended but the peer is still in
// the mesh. Otherwise a remote that closes each connection would be dialled
// again and again.
void degree_control::note_failures(survey& x, instant now) {
  for (const auto& [name, since] : chosen_)
    if (x.can_be_dialled(name))
      fail(name, now);
  for (auto i = offered_.begin(); i != offered_.end();) {
    auto current = i++;
    const auto& since = current->second;
    if (!x.can_be_dialled(current->first))
      offered_.erase(current);
    else if (since && now - *since >= answer_time)
      fail(current->first, now);
  }
  for (auto i = failed_.begin(); i != failed_.end();)
    i = x.can_be_dialled(i->first) ? std::next(i) : failed_.erase(i);
}

void degree_control::note_ties(survey& x, instant now) {
  auto before = std::exchange(chosen_, {});
  std::vector<slot> tied;
  for (slot who = 0; who < x.ties.size(); ++who) {
    if (x.ties[who] == tie::none)
      continue;
    tied.push_back(who);
    x.kept += x.ties[who] == tie::chosen ? 1 : 0;
    if (x.ties[who] != tie::chosen)
      continue;
    auto i = before.find(x.name(who));
    chosen_.emplace(x.name(who), i != before.end() ? i->second : now);
  }
  for (const auto& entry : offered_)
    x.late += is_late(entry.first, now) ? 1 : 0;
  if (!x.addresses)
    return;
  for (auto i = addresses_.begin(); i != addresses_.end();) {
    auto who = x.find(i->first);
    i = who != survey::nobody && x.reached[who] != 0 ? std::next(i)
                                                     : addresses_.erase(i);
  }
  // Once we are connected to a peer, the address of our connection replaces the
  // one that other peers report.
  const auto found = x.addresses(tied);
  for (std::size_t i = 0; i < tied.size(); ++i)
    addresses_[x.name(tied[i])] = found[i].source();
}

// -- favourites

// Returns the peers that have been connected for longest. A member could learn
// from our dials which names come first, and take such names. But it cannot
// make its connection older.
std::vector<slot> degree_control::anchors(const survey& x) const {
  std::vector<std::pair<instant, slot>> all;
  for (const auto& [name, since] : chosen_)
    all.emplace_back(since, x.find(name));
  std::sort(all.begin(), all.end(), [&](const auto& y, const auto& z) {
    return std::pair{y.first, rank(x.name(y.second))}
           < std::pair{z.first, rank(x.name(z.second))};
  });
  all.resize(std::min(all.size(), few()));
  std::vector<slot> result;
  for (const auto& entry : all)
    result.push_back(entry.second);
  return result;
}

std::vector<degree_control::candidate>
degree_control::candidates(const survey& x, instant now) const {
  std::vector<candidate> all;
  for (slot who = 0; who < x.reached.size(); ++who)
    if (x.reached[who] != 0 && who != x.mesh.self && x.ties[who] != tie::named
        && (offered_.empty() || !is_late(x.name(who), now)))
      all.push_back({!failed_.empty() && has_failed(x.name(who), now), false,
                     rank(x.name(who)), who});
  const auto count = std::min(all.size(), considered * x.wanted);
  const auto sort_first = [&] {
    std::partial_sort(all.begin(),
                      all.begin() + static_cast<std::ptrdiff_t>(count),
                      all.end(), [](const auto& y, const auto& z) {
                        return std::tuple{y.has_failed, y.is_crowded, y.rank}
                               < std::tuple{z.has_failed, z.is_crowded, z.rank};
                      });
  };
  sort_first();
  const auto wanted = std::min(count, x.wanted);
  if (std::any_of(all.begin(),
                  all.begin() + static_cast<std::ptrdiff_t>(wanted),
                  [&](const auto& y) { return x.ties[y.who] == tie::none; })) {
    mark_crowds(x, all);
    sort_first();
  }
  all.resize(count);
  return all;
}

// A member can make up any number of peers, but all of them lie behind it. The
// first few that have not failed are enough to find out whether they are there:
// once we are connected to a peer, it no longer lies behind another.
void degree_control::mark_crowds(const survey& x,
                                 std::vector<candidate>& all) const {
  const auto gates = gates_from(x.mesh, x.mesh.self);
  std::map<slot, std::vector<candidate*>> crowds;
  for (auto& each : all)
    if (!each.has_failed && gates[each.who] != no_gate)
      crowds[gates[each.who]].push_back(&each);
  for (auto& [gate, crowd] : crowds) {
    if (crowd.size() <= few())
      continue;
    const auto rest = crowd.begin() + static_cast<std::ptrdiff_t>(few());
    std::nth_element(
      crowd.begin(), rest, crowd.end(),
      [](const auto* y, const auto* z) { return y->rank < z->rank; });
    for (auto i = rest; i != crowd.end(); ++i)
      (*i)->is_crowded = true;
  }
}

// Finds the addresses of all candidates from the index `first` on at once,
// because a search looks at all records.
void degree_control::find_addresses(survey& x,
                                    const std::vector<candidate>& all,
                                    std::size_t first) {
  std::vector<slot> unknown;
  for (auto i = first; i < all.size(); ++i)
    if (addresses_.count(x.name(all[i].who)) == 0)
      unknown.push_back(all[i].who);
  const auto found = x.addresses(unknown);
  for (std::size_t i = 0; i < unknown.size(); ++i)
    addresses_[x.name(unknown[i])] = found[i].source();
}

// Whether one more favourite is allowed at this peer's address.
bool degree_control::is_free(survey& x, slot who) const {
  if (!x.addresses)
    return true;
  const auto address = addresses_.at(x.name(who));
  if (address.is_unspecified() || address.is_loopback())
    return true;
  const auto same =
    std::count_if(x.favourites.begin(), x.favourites.end(), [&](slot other) {
      return addresses_.at(x.name(other)) == address;
    });
  return static_cast<std::size_t>(same) < few();
}

// Peers that have failed, and peers at an address that many favourites have,
// are chosen only if there are no others. While some favourites are late,
// further ones are chosen, so that a node gets its connections soon even if few
// peers answer.
void degree_control::find_favourites(survey& x, instant now) {
  x.wanted = least();
  if (x.kept < least())
    x.wanted += std::min(x.late, least() - x.kept);
  for (auto who : anchors(x))
    if (is_free(x, who))
      x.favourites.push_back(who);
  const auto all = candidates(x, now);
  std::vector<slot> others;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto who = all[i].who;
    if (x.favourites.size() >= x.wanted)
      break;
    if (x.is_favourite(who))
      continue;
    if (x.addresses && addresses_.count(x.name(who)) == 0)
      find_addresses(x, all, i);
    if (!all[i].has_failed && is_free(x, who))
      x.favourites.push_back(who);
    else
      others.push_back(who);
  }
  others.resize(std::min(others.size(),
                         x.wanted - std::min(x.wanted, x.favourites.size())));
  x.favourites.insert(x.favourites.end(), others.begin(), others.end());
  for (auto who : x.favourites)
    x.kept += x.ties[who] == tie::inbound ? 1 : 0;
}

} // namespace cafmesh
