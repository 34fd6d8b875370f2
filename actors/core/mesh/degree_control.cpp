#include "actors/core/mesh/degree_control.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/mesh/degree_survey.hpp"
#include "actors/core/mesh/disjoint_paths.hpp"

namespace cafmesh {

namespace {

// The number of separate paths that must lead to a peer after its connection is
// given up. The mesh then stays connected even if two other peers end at the
// same time.
constexpr std::size_t paths_to_keep = 3;

// One decision checks the paths of at most this many connections.
constexpr std::size_t checks_at_once = 4;

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

// The name is part of the key, in case the user gives all nodes the same seed.
degree_control::degree_control(peer_name self, options opts)
    : options_(opts), key_(self.hash(opts.seed)), rng_(key_) {
}

std::size_t degree_control::target() const {
  return options_.target.value_or(usual_target);
}

// At least 2, because a random graph in which each peer chooses one other is
// usually not connected.
std::size_t degree_control::least() const {
  return std::max<std::size_t>((target() + 1) / 2, 2);
}

bool degree_control::is_limited(std::size_t peers, instant now) {
  if (options_.target)
    return *options_.target != 0;
  if (peers > std::exchange(peers_, peers) && decided_)
    grows_until_ = now + growth_time;
  decided_ = true;
  are_few_ = peers < (limited_until_ ? few_peers : many_peers);
  if (!are_few_)
    limited_until_ = now + few_time;
  else if (limited_until_ && *limited_until_ <= now)
    limited_until_.reset();
  return limited_until_ || (peers > least() + 1 && grows(now));
}

// Whether the mesh has grown recently, so that its final size is not known yet.
bool degree_control::grows(instant now) const {
  return grows_until_ && *grows_until_ > now;
}

// Called while there is no limit. Data about favourites would be out of date
// once there is one.
void degree_control::forget_everything() {
  offered_.clear();
  failed_.clear();
  chosen_.clear();
  addresses_.clear();
  next_dial_.reset();
  next_give_up_.reset();
}

std::uint64_t degree_control::rank(peer_name who) const {
  return who.hash(key_);
}

degree_control::decision degree_control::decide(const mesh_graph& mesh,
                                                const std::vector<tie>& ties,
                                                instant now,
                                                const addresses_of& addresses) {
  survey x{mesh, ties, addresses, mesh.established_from(mesh.self), {}, 0,
           0,    0,    {}};
  auto peers = std::count(x.reached.begin(), x.reached.end(), 1);
  x.out.limited = is_limited(static_cast<std::size_t>(peers), now);
  if (!x.out.limited) {
    forget_everything();
    return x.out;
  }
  note_failures(x, now);
  note_ties(x, now);
  find_favourites(x, now);
  offer(x, now);
  x.out.holds = options_.target || limited_until_;
  if (x.out.holds)
    give_up(x, now);
  x.out.again = wake_at(now);
  return x.out;
}

// With too few connections, all missing favourites are dialled at the same
// time. Otherwise they are dialled one after another, so that a node that hears
// of many peers does not dial again for each of them.
void degree_control::offer(survey& x, instant now) {
  for (auto i = offered_.begin(); i != offered_.end();)
    i = is_late(i->first, now) || x.is_favourite(x.find(i->first))
          ? std::next(i)
          : offered_.erase(i);
  auto fresh = offered_.size() - x.late;
  const auto most = 4 * least();
  bool more = false;
  for (auto who : x.favourites) {
    if (x.ties[who] != tie::none || offered_.count(x.name(who)) != 0)
      continue;
    const auto is_urgent = x.kept < least() && x.kept + fresh < x.wanted;
    if (!is_urgent && (more || !is_due(next_dial_, pace, now))) {
      more = true;
      continue;
    }
    if (offered_.size() >= most
        || (offered_.size() >= least() && !may_dial_more(now)))
      break;
    offered_.emplace(x.name(who), std::nullopt);
    ++fresh;
  }
  if (!more)
    next_dial_.reset();
  for (auto who : x.favourites)
    if (offered_.count(x.name(who)) != 0)
      x.out.dial.push_back(who);
  for (const auto& entry : offered_)
    if (const auto who = x.find(entry.first); !x.is_favourite(who))
      x.out.dial.push_back(who);
}

// Limits the rate, because a member can make up any number of peers that never
// answer.
bool degree_control::may_dial_more(instant now) {
  constexpr std::uint32_t burst = 64;
  constexpr std::chrono::seconds for_one{2};
  if (!more_)
    more_.emplace(burst, for_one, now);
  return more_->take(now);
}

void degree_control::give_up(survey& x, instant now) {
  std::vector<slot> surplus;
  for (slot who = 0; who < x.ties.size(); ++who)
    if (is_superfluous(x, who))
      surplus.push_back(who);
  if (surplus.empty())
    return next_give_up_.reset();
  const auto is_far_above = degree_of(x.mesh, x.mesh.self) > 3 * target();
  if (!is_due(next_give_up_, is_far_above ? short_pace : pace, now))
    return;
  // Each decision starts at another connection. Otherwise connections without
  // enough paths could keep the rest from being checked.
  std::sort(surplus.begin(), surplus.end(),
            [&](slot y, slot z) { return rank(x.name(y)) > rank(x.name(z)); });
  std::rotate(surplus.begin(),
              surplus.begin()
                + static_cast<std::ptrdiff_t>(turn_ % surplus.size()),
              surplus.end());
  surplus.resize(std::min(surplus.size(), checks_at_once));
  for (auto who : surplus)
    if (has_disjoint_paths(x.mesh, x.mesh.self, who, paths_to_keep)) {
      turn_ = 0;
      x.out.give_up = who;
      chosen_.erase(x.name(who));
      return;
    }
  turn_ += checks_at_once;
}

bool degree_control::is_superfluous(const survey& x, slot who) const {
  if (x.kept <= least() || x.ties[who] != tie::chosen || x.is_favourite(who))
    return false;
  const auto most = target() + target() / 2;
  const auto theirs = degree_of(x.mesh, who);
  return theirs > least()
         && (theirs > most || degree_of(x.mesh, x.mesh.self) > most);
}

// Waits a random time before each action, so that nodes that hear of the same
// change do not act at the same time.
bool degree_control::is_due(std::optional<instant>& at, duration mean,
                            instant now) {
  const auto is_now = at && *at <= now;
  if (at && !is_now)
    return false;
  const auto usual = mean.count();
  std::uniform_int_distribution<duration::rep> wait{usual / 2, usual * 3 / 2};
  at = now + duration{wait(rng_)};
  return is_now;
}

std::optional<instant> degree_control::wake_at(instant now) const {
  auto result = next_dial_;
  if (next_give_up_)
    keep_earlier(result, *next_give_up_);
  if (are_few_ && limited_until_)
    keep_earlier(result, *limited_until_);
  if (!options_.target && !limited_until_ && grows(now))
    keep_earlier(result, *grows_until_);
  for (const auto& [name, since] : offered_)
    if (!since)
      keep_earlier(result, now + duration{late_time} / 2);
    else if (!has_failed(name, now))
      keep_earlier(result, *since
                             + (is_late(name, now) ? duration{answer_time}
                                                   : duration{late_time}));
  for (const auto& entry : failed_)
    if (entry.second.until > now)
      keep_earlier(result, entry.second.until);
  return result;
}

} // namespace cafmesh
