#include "tests/actors/core/mesh/degree_simulation.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cafmesh::test {

namespace {

constexpr std::chrono::milliseconds step{500};
constexpr std::chrono::seconds between_decisions{1};
constexpr std::size_t kept_views = 4;
constexpr auto unreached = std::numeric_limits<std::size_t>::max();

std::shared_ptr<const roster> roster_of(slot peers) {
  auto result = std::make_shared<roster>();
  for (slot i = 0; i < peers; ++i) {
    result->names.push_back(peer_name::from_number(i + 1));
    result->slots.push_back(i);
    result->ranks.push_back(i);
  }
  return result;
}

} // namespace

degree_simulation::degree_simulation(std::uint64_t seed, slot peers,
                                     std::optional<std::size_t> target)
    : rng_(seed), target_(target), nodes_(peers), roster_(roster_of(peers)) {
  take_view();
}

void degree_simulation::join(slot who, std::optional<slot> known) {
  nodes_[who].control.emplace(roster_->names[who],
                              degree_control::options{target_, rng_()});
  if (known)
    connect(who, *known);
}

void degree_simulation::connect(slot who, slot named) {
  nodes_[who].ties[named] = tie::named;
  nodes_[named].ties[who] = tie::inbound;
  changed_ = true;
}

void degree_simulation::make_up(slot liar, slot first, slot last) {
  for (auto x = first; x != last; ++x) {
    made_up_.insert(x);
    nodes_[x].ties[liar] = tie::inbound;
    for (auto y = first; y != last; ++y)
      if (x != y)
        nodes_[x].ties[y] = tie::inbound;
  }
  made_up_.insert(liar);
  changed_ = true;
}

void degree_simulation::kill(const std::set<slot>& gone) {
  for (auto who : gone) {
    for (const auto& entry : nodes_[who].ties)
      nodes_[entry.first].ties.erase(who);
    nodes_[who] = {};
  }
  changed_ = true;
}

void degree_simulation::run_for(duration time) {
  for (auto end = now_ + time; now_ < end; now_ += step)
    tick();
}

std::size_t degree_simulation::inbound(slot who) const {
  const auto& ties = nodes_[who].ties;
  return static_cast<std::size_t>(
    std::count_if(ties.begin(), ties.end(),
                  [](const auto& x) { return x.second == tie::inbound; }));
}

void degree_simulation::tick() {
  finish_dials();
  if (std::exchange(changed_, false))
    take_view();
  else if (views_.size() > 1)
    views_.erase(views_.begin());
  for (slot i = 0; i < nodes_.size(); ++i) {
    auto& x = nodes_[i];
    const auto is_new =
      x.seen != taken_ && now_ - x.decided >= between_decisions;
    if (x.control && (is_new || (x.again && *x.again <= now_)))
      decide(i);
  }
}

void degree_simulation::finish_dials() {
  for (slot i = 0; i < nodes_.size(); ++i)
    for (auto to : std::exchange(nodes_[i].dialling, {})) {
      ++dials;
      if (!nodes_[to].control || hidden_.count(to) != 0
          || nodes_[i].ties.count(to) != 0)
        continue;
      nodes_[i].ties[to] = tie::chosen;
      nodes_[to].ties[i] = tie::inbound;
      changed_ = true;
    }
}

void degree_simulation::decide(slot who) {
  auto& x = nodes_[who];
  // The node may get an old view. In that case it decides again later.
  const auto age = rng_() % views_.size();
  auto& view = views_[views_.size() - 1 - age];
  view.self = who;
  auto decision = x.control->decide(view, ties_of(who), now_);
  x.decided = now_;
  x.seen = taken_ - age;
  x.again = decision.again;
  for (auto to : decision.dial)
    x.control->is_dialled(roster_->names[to], now_);
  if (decision.limited)
    x.dialling = {decision.dial.begin(), decision.dial.end()};
  else
    dial_all(who, view);
  if (decision.give_up && x.ties.erase(*decision.give_up) != 0) {
    nodes_[*decision.give_up].ties.erase(who);
    ++given_up;
    changed_ = true;
  }
}

void degree_simulation::dial_all(slot who, const mesh_graph& view) {
  const auto reached = view.established_from(who);
  for (slot i = 0; i < nodes_.size(); ++i)
    if (reached[i] != 0 && i != who && nodes_[who].ties.count(i) == 0)
      nodes_[who].dialling.insert(i);
}

void degree_simulation::take_view() {
  ++taken_;
  mesh_graph view{roster_, {}, 0};
  for (slot i = 0; i < nodes_.size(); ++i)
    view.connections.push_back(report_of(i));
  views_.push_back(std::move(view));
  if (views_.size() > kept_views)
    views_.erase(views_.begin());
}

std::vector<tie> degree_simulation::ties_of(slot who) const {
  std::vector<tie> result(nodes_.size());
  for (const auto& [to, how] : nodes_[who].ties)
    result[to] = how;
  return result;
}

// A liar also reports connections to those peers that it has made up as its
// neighbours.
adjacency degree_simulation::report_of(slot who) const {
  auto reported = nodes_[who].ties;
  if (nodes_[who].control && made_up_.count(who) != 0)
    for (auto x : made_up_)
      if (x != who && nodes_[x].ties.count(who) != 0)
        reported.emplace(x, tie::inbound);
  edge_list edges;
  for (const auto& entry : reported)
    edges.append(entry.first, entry.second != tie::inbound, true);
  return edges;
}

std::optional<std::size_t>
degree_simulation::diameter(const std::set<slot>& without) const {
  std::size_t result = 0;
  for (slot i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].control || without.count(i) != 0)
      continue;
    const auto all = distances(i, without);
    for (slot to = 0; to < nodes_.size(); ++to)
      if (nodes_[to].control && without.count(to) == 0)
        result = std::max(result, all[to]);
    if (result == unreached)
      return std::nullopt;
  }
  return result;
}

std::vector<std::size_t>
degree_simulation::distances(slot from, const std::set<slot>& without) const {
  std::vector<std::size_t> result(nodes_.size(), unreached);
  std::vector<slot> open{from};
  result[from] = 0;
  for (std::size_t i = 0; i < open.size(); ++i)
    for (const auto& entry : nodes_[open[i]].ties)
      if (auto to = entry.first;
          result[to] == unreached && without.count(to) == 0) {
        result[to] = result[open[i]] + 1;
        open.push_back(to);
      }
  return result;
}

} // namespace cafmesh::test
