#include "routes.hpp"

#include <algorithm>
#include <cmath>

namespace cafmesh {

namespace {

bool usable(const routes::edge& x, reach r) noexcept {
  return r == reach::all || x.established_both_ways;
}

/// A breadth-first search that its caller advances.
class frontier {
public:
  frontier(const routes::graph& g, reach r, std::uint32_t from)
      : graph_(g), reach_(r), reached_(g.names.size()), level_{from},
        missing_(g.names.size() - 1) {
    reached_[from] = 1;
  }

  /// The peers at the current distance.
  const std::vector<std::uint32_t>& level() const noexcept {
    return level_;
  }

  bool reached(std::uint32_t x) const noexcept {
    return reached_[x] != 0;
  }

  /// Whether going on may find anything.
  bool open() const noexcept {
    return missing_ != 0 && !level_.empty();
  }

  /// Calls `found` for each peer that `x`, of the current level, leads to and
  /// that was not reached before. Those form the next level.
  template <class F>
  void expand(std::uint32_t x, F found) {
    auto first = graph_.first_edge[x];
    auto last = graph_.first_edge[x + 1];
    for (auto i = first; i != last && missing_ != 0; ++i) {
      auto& e = graph_.edges[i];
      if (reached_[e.to] || !usable(e, reach_))
        continue;
      reached_[e.to] = 1;
      --missing_;
      next_.push_back(e.to);
      found(e.to);
    }
  }

  void advance() {
    level_.swap(next_);
    next_.clear();
  }

  /// Puts the current level in order of peer name.
  void sort_level() {
    std::sort(level_.begin(), level_.end());
  }

private:
  const routes::graph& graph_;
  reach reach_;
  std::vector<std::uint8_t> reached_;
  std::vector<std::uint32_t> level_;
  std::vector<std::uint32_t> next_;
  // A dense mesh is found whole long before its edges are through.
  std::size_t missing_;
};

} // namespace

routes::routes(std::uint64_t generation, graph g)
    : generation_(generation),
      graph_(std::move(g)), tables_{search(reach::all),
                                    search(reach::established)},
      neighbours_(weigh_neighbours()) {
}

routes::table routes::search(reach r) const {
  table result;
  result.next_hop.assign(graph_.names.size(), none);
  auto self = graph_.self;
  for (frontier search{graph_, r, self}; search.open(); search.advance()) {
    // All peers must come to the same ways, so the lowest name of a level
    // always claims what several of them lead to.
    search.sort_level();
    for (auto x : search.level())
      search.expand(x, [&](std::uint32_t to) {
        result.next_hop[to] = x == self ? to : result.next_hop[x];
        ++result.reachable;
      });
  }
  return result;
}

std::vector<routes::neighbour> routes::weigh_neighbours() const {
  auto& hops = tables_[static_cast<std::size_t>(reach::all)].next_hop;
  std::vector<std::uint32_t> destinations(hops.size());
  for (auto hop : hops)
    if (hop != none)
      ++destinations[hop];
  std::vector<neighbour> result;
  for (std::uint32_t i = 0; i < destinations.size(); ++i)
    if (destinations[i] != 0)
      result.push_back({i, destinations[i]});
  return result;
}

std::uint32_t routes::index_of(peer_name name) const noexcept {
  auto& names = graph_.names;
  auto i = std::lower_bound(names.begin(), names.end(), name);
  return i != names.end() && *i == name
             ? static_cast<std::uint32_t>(i - names.begin())
             : none;
}

std::optional<peer_name> routes::next_hop(peer_name to, reach r) const {
  auto index = index_of(to);
  if (index == none)
    return std::nullopt;
  auto hop = tables_[static_cast<std::size_t>(r)].next_hop[index];
  if (hop == none)
    return std::nullopt;
  return graph_.names[hop];
}

std::vector<peer_name> routes::broadcast_targets(peer_name source,
                                                 reach r) const {
  std::vector<peer_name> result;
  auto from = index_of(source);
  if (from == none)
    return result;
  auto self = graph_.self;
  auto ignore = [](std::uint32_t) {
  };
  // Up to our level the order within a level makes no difference to what has
  // been reached; in our level those before us count, the others do not.
  for (frontier search{graph_, r, from}; search.open(); search.advance()) {
    if (!search.reached(self)) {
      for (auto x : search.level())
        search.expand(x, ignore);
      continue;
    }
    for (auto x : search.level())
      if (x < self)
        search.expand(x, ignore);
    for (auto i = graph_.first_edge[self]; i != graph_.first_edge[self + 1];
         ++i) {
      auto& e = graph_.edges[i];
      if (usable(e, r) && !search.reached(e.to))
        result.push_back(graph_.names[e.to]);
    }
    break;
  }
  return result;
}

std::vector<peer_name> routes::random_neighbours(peer_name except,
                                                 std::mt19937_64& rng) const {
  std::vector<neighbour> pool;
  pool.reserve(neighbours_.size());
  std::uint32_t total = 0;
  for (auto& x : neighbours_) {
    if (graph_.names[x.index] == except)
      continue;
    pool.push_back(x);
    total += x.destinations;
  }
  auto known = static_cast<double>(reachable(reach::all));
  auto wanted = static_cast<std::size_t>(2 * std::log2(known));
  std::vector<peer_name> result;
  while (result.size() < wanted && !pool.empty()) {
    auto ticket = std::uniform_int_distribution<std::uint32_t>{1, total}(rng);
    auto drawn = pool.begin();
    while (ticket > drawn->destinations) {
      ticket -= drawn->destinations;
      ++drawn;
    }
    result.push_back(graph_.names[drawn->index]);
    total -= drawn->destinations;
    *drawn = pool.back();
    pool.pop_back();
  }
  return result;
}

} // namespace cafmesh
