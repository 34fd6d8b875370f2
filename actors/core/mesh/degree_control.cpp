#include "actors/core/mesh/degree_control.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/disjoint_paths.hpp"

namespace cafmesh {

namespace {

constexpr slot nobody = 0xffff'ffffu;

// The paths that must remain to a peer whose connection is given up. If two
// more connections end at the same moment, the mesh still is connected.
constexpr std::size_t paths_to_keep = 3;

// The maximum number of connections that one decision checks for such paths.
constexpr std::size_t checks_at_once = 4;

constexpr std::chrono::hours longest_pause{24};

slot slot_of(const mesh_graph& mesh, peer_name who) {
  const auto& names = mesh.peers->names;
  auto i = std::lower_bound(names.begin(), names.end(), who);
  if (i == names.end() || *i != who)
    return nobody;
  return mesh.peers->slots[static_cast<std::size_t>(i - names.begin())];
}

std::size_t degree_of(const mesh_graph& mesh, slot who) {
  const auto edges = mesh.edges(who);
  return static_cast<std::size_t>(
    std::count_if(edges.begin(), edges.end(), [&](const auto& x) {
      return mesh.established_both_ways(who, x);
    }));
}

void keep_earlier(std::optional<instant>& limit, instant x) {
  if (!limit || x < *limit)
    limit = x;
}

} // namespace

/// What one decision is about.
struct degree_control::survey {
  const mesh_graph& mesh;
  const std::vector<tie>& ties;
  std::vector<std::uint8_t> reached;
  std::vector<slot> favourites; // the first in the order of names come first
  std::size_t kept = 0;         // connections that are ours to keep
  decision out;

  peer_name name(slot who) const {
    return mesh.peers->names[mesh.peers->ranks[who]];
  }
  bool is_favourite(slot who) const {
    return std::find(favourites.begin(), favourites.end(), who)
           != favourites.end();
  }
  bool can_be_dialled(peer_name x) const {
    auto who = slot_of(mesh, x);
    return who != nobody && reached[who] != 0 && ties[who] == tie::none;
  }
};

// The name is part of the key, in case the user gives all nodes the same seed.
degree_control::degree_control(peer_name self, options opts)
    : options_(opts), key_(self.hash(opts.seed)), rng_(key_) {
}

std::size_t degree_control::target() const {
  return options_.target.value_or(usual_target);
}

// A random graph in which each peer chooses one other is not connected.
std::size_t degree_control::least() const {
  return std::max<std::size_t>((target() + 1) / 2, 2);
}

bool degree_control::is_limited(std::size_t peers) {
  if (options_.target)
    return *options_.target != 0;
  was_limited_ = peers >= (was_limited_ ? few_peers : many_peers);
  return was_limited_;
}

std::uint64_t degree_control::rank(peer_name who) const {
  return who.hash(key_);
}

degree_control::decision degree_control::decide(const mesh_graph& mesh,
                                                const std::vector<tie>& ties,
                                                instant now) {
  survey x{mesh, ties, mesh.established_from(mesh.self), {}, 0, {}};
  auto peers = std::count(x.reached.begin(), x.reached.end(), 1);
  x.out.limited = is_limited(static_cast<std::size_t>(peers));
  if (!x.out.limited)
    return x.out;
  note_failures(x, now);
  find_favourites(x, now);
  offer(x, now);
  give_up(x, now);
  x.out.again = wake_at(now);
  return x.out;
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

// A peer has also failed if the connection to it has ended and it still is in
// the mesh. Otherwise a remote that closes each connection would be dialled
// again and again.
void degree_control::note_failures(survey& x, instant now) {
  for (const auto& name : std::exchange(chosen_, {}))
    if (x.can_be_dialled(name))
      fail(name, now);
  for (slot who = 0; who < x.ties.size(); ++who)
    if (x.ties[who] == tie::chosen)
      chosen_.insert(x.name(who));
  for (auto i = offered_.begin(); i != offered_.end();) {
    auto current = i++;
    if (!x.can_be_dialled(current->first))
      offered_.erase(current);
    else if (now - current->second >= answer_time)
      fail(current->first, now);
  }
  for (auto i = failed_.begin(); i != failed_.end();)
    i = x.can_be_dialled(i->first) ? std::next(i) : failed_.erase(i);
}

void degree_control::find_favourites(survey& x, instant now) const {
  struct candidate {
    bool has_failed;
    std::uint64_t rank;
    slot who;
  };
  std::vector<candidate> all;
  for (slot who = 0; who < x.reached.size(); ++who)
    if (x.reached[who] != 0 && who != x.mesh.self && x.ties[who] != tie::named)
      all.push_back({!failed_.empty() && has_failed(x.name(who), now),
                     rank(x.name(who)), who});
  auto end =
    all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), least()));
  std::partial_sort(
    all.begin(), end, all.end(), [](const auto& y, const auto& z) {
      return std::pair{y.has_failed, y.rank} < std::pair{z.has_failed, z.rank};
    });
  for (auto i = all.begin(); i != end; ++i) {
    x.favourites.push_back(i->who);
    x.kept += x.ties[i->who] == tie::inbound ? 1 : 0;
  }
  x.kept += static_cast<std::size_t>(
    std::count(x.ties.begin(), x.ties.end(), tie::chosen));
}

// If there are too few connections, all favourites that are missing may be
// dialled at once. Otherwise they get their connections one after another, so
// that a node that hears of many peers does not dial again for each of them.
void degree_control::offer(survey& x, instant now) {
  for (auto i = offered_.begin(); i != offered_.end();)
    i = x.is_favourite(slot_of(x.mesh, i->first)) ? std::next(i)
                                                  : offered_.erase(i);
  bool more = false;
  for (auto who : x.favourites) {
    if (x.ties[who] != tie::none)
      continue;
    auto is_offered = offered_.count(x.name(who)) != 0;
    if (!is_offered && x.kept + offered_.size() >= least()
        && (more || !is_due(next_dial_, now))) {
      more = true;
      continue;
    }
    offered_.try_emplace(x.name(who), now);
    x.out.dial.push_back(who);
  }
  if (!more)
    next_dial_.reset();
}

void degree_control::give_up(survey& x, instant now) {
  std::vector<slot> surplus;
  for (slot who = 0; who < x.ties.size(); ++who)
    if (is_superfluous(x, who))
      surplus.push_back(who);
  if (surplus.empty())
    return next_give_up_.reset();
  if (!is_due(next_give_up_, now))
    return;
  std::sort(surplus.begin(), surplus.end(),
            [&](slot y, slot z) { return rank(x.name(y)) > rank(x.name(z)); });
  surplus.resize(std::min(surplus.size(), checks_at_once));
  for (auto who : surplus)
    if (has_disjoint_paths(x.mesh, x.mesh.self, who, paths_to_keep)) {
      x.out.give_up = who;
      chosen_.erase(x.name(who));
      return;
    }
}

bool degree_control::is_superfluous(const survey& x, slot who) const {
  if (x.kept <= least() || x.ties[who] != tie::chosen || x.is_favourite(who))
    return false;
  const auto most = target() + target() / 2;
  const auto theirs = degree_of(x.mesh, who);
  return theirs > least()
         && (theirs > most || degree_of(x.mesh, x.mesh.self) > most);
}

// Waits before each action, so that nodes that hear the same do not all act at
// the same moment.
bool degree_control::is_due(std::optional<instant>& at, instant now) {
  const auto is_now = at && *at <= now;
  if (at && !is_now)
    return false;
  constexpr auto mean = duration{pace}.count();
  std::uniform_int_distribution<duration::rep> wait{mean / 2, mean * 3 / 2};
  at = now + duration{wait(rng_)};
  return is_now;
}

std::optional<instant> degree_control::wake_at(instant now) const {
  auto result = next_dial_;
  if (next_give_up_)
    keep_earlier(result, *next_give_up_);
  for (const auto& [name, since] : offered_)
    if (!has_failed(name, now))
      keep_earlier(result, since + answer_time);
  for (const auto& entry : failed_)
    if (entry.second.until > now)
      keep_earlier(result, entry.second.until);
  return result;
}

} // namespace cafmesh
