#include "actors/core/mesh/routes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cafmesh {

namespace {

/// A breadth-first search through the mesh. Its caller advances it level by
/// level.
class frontier {
public:
  frontier(const mesh_graph& g, route_scope scope, slot from)
      : graph_(g), scope_(scope), reached_(g.connections.size()), level_{from},
        unreached_(g.peers->names.size() - 1) {
    reached_[from] = 1;
  }

  /// Calls `f` for each peer of the current level. A search mostly waits for
  /// memory, so this loads the connections of the next peers in advance.
  template <class F>
  void for_each_of_level(F f) const {
    auto& all = graph_.connections;
    auto size = level_.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (i + 4 < size)
        __builtin_prefetch(all[level_[i + 4]].address());
      f(level_[i]);
    }
  }

  bool reached(slot x) const noexcept {
    return reached_[x] != 0;
  }

  bool unfinished() const noexcept {
    return unreached_ != 0 && !level_.empty();
  }

  /// Whether `x`, a connection of `from`, is in scope and leads to a peer that
  /// the search has not reached.
  bool leads_on(slot from, const adjacency::edge& x) const {
    return !reached(x.to)
           && (scope_ == route_scope::all
               || graph_.established_both_ways(from, x));
  }

  /// Finds the unreached peers to which `x`, a peer of the current level, is
  /// connected. Calls `found` for each, and adds it to the next level.
  template <class F>
  void expand(slot x, F found) {
    for (auto& e : graph_.edges(x)) {
      if (!leads_on(x, e))
        continue;
      reached_[e.to] = 1;
      next_.push_back(e.to);
      found(e.to);
      if (--unreached_ == 0)
        return;
    }
  }

  void advance() {
    level_.swap(next_);
    next_.clear();
  }

  void sort_level() {
    auto& ranks = graph_.peers->ranks;
    std::sort(level_.begin(), level_.end(),
              [&ranks](slot x, slot y) { return ranks[x] < ranks[y]; });
  }

private:
  const mesh_graph& graph_;
  route_scope scope_;
  std::vector<std::uint8_t> reached_;
  std::vector<slot> level_;
  std::vector<slot> next_;
  // The number of peers that the search has not reached. In a dense mesh it
  // becomes 0 long before all edges have been followed.
  std::size_t unreached_;
};

} // namespace

routes::routes(std::uint64_t generation, mesh_graph g, route_scope scope)
    : generation_(generation), graph_(std::move(g)), scope_(scope) {
}

routes::~routes() {
  delete found_.load(std::memory_order_acquire);
}

// Threads that need the next hops at the same time all search, and then use
// what the first one has found.
const routes::findings& routes::found() const {
  const auto* known = found_.load(std::memory_order_acquire);
  if (known != nullptr)
    return *known;
  auto fresh = std::make_unique<findings>();
  search(*fresh);
  count_destinations(*fresh);
  if (found_.compare_exchange_strong(known, fresh.get(),
                                     std::memory_order_acq_rel,
                                     std::memory_order_acquire))
    known = fresh.release();
  return *known;
}

void routes::search(findings& out) const {
  out.next_hop.assign(graph_.connections.size(), none);
  auto self = graph_.self;
  for (frontier found{graph_, scope_, self}; found.unfinished();
       found.advance()) {
    // All peers must compute the same paths. So if several peers of a level are
    // connected to a peer, its path goes through the one with the lowest name.
    found.sort_level();
    found.for_each_of_level([&](slot x) {
      found.expand(x, [&](slot to) {
        out.next_hop[to] = x == self ? to : out.next_hop[x];
        ++out.reachable;
      });
    });
  }
}

void routes::count_destinations(findings& out) const {
  std::vector<std::uint32_t> destinations(out.next_hop.size());
  for (auto hop : out.next_hop)
    if (hop != none)
      ++destinations[hop];
  for (auto& e : graph_.edges(graph_.self))
    if (auto count = std::exchange(destinations[e.to], 0u); count != 0)
      out.neighbours.push_back({e.to, count});
}

slot routes::slot_of(peer_name name) const noexcept {
  auto& all = names();
  auto i = std::lower_bound(all.begin(), all.end(), name);
  if (i == all.end() || *i != name)
    return none;
  return graph_.peers->slots[static_cast<std::size_t>(i - all.begin())];
}

std::optional<peer_name> routes::next_hop(peer_name to) const {
  auto who = slot_of(to);
  if (who == none)
    return std::nullopt;
  auto hop = found().next_hop[who];
  if (hop == none)
    return std::nullopt;
  return name_of(hop);
}

std::vector<peer_name> routes::broadcast_targets(peer_name source) const {
  std::vector<peer_name> result;
  auto from = slot_of(source);
  if (from == none)
    return result;
  auto self = graph_.self;
  auto& ranks = graph_.peers->ranks;
  frontier found{graph_, scope_, from};
  // The neighbours that nobody before us has reached. In most meshes, others
  // reach all of them long before the search ends.
  std::vector<std::uint8_t> is_left(graph_.connections.size());
  std::size_t left = 0;
  for (auto& e : graph_.edges(self))
    left += is_left[e.to] = found.leads_on(self, e) ? 1 : 0;
  auto note = [&](slot to) {
    left -= is_left[to];
  };
  // In the levels before ours, follows the connections of all peers, in any
  // order. In our own level, only the peers with lower names come before us.
  for (auto before_us = true; before_us && found.unfinished();
       found.advance()) {
    before_us = !found.reached(self);
    found.for_each_of_level([&](slot x) {
      if (left != 0 && (before_us || ranks[x] < ranks[self]))
        found.expand(x, note);
    });
    if (left == 0)
      return result;
    if (before_us)
      continue;
    for (auto& e : graph_.edges(self))
      if (found.leads_on(self, e))
        result.push_back(name_of(e.to));
  }
  return result;
}

std::optional<peer_name> routes::broadcast_sender(peer_name source) const {
  auto from = slot_of(source);
  if (from == none || from == graph_.self)
    return std::nullopt;
  auto sender = none;
  for (frontier found{graph_, scope_, from};
       found.unfinished() && sender == none; found.advance()) {
    found.sort_level();
    found.for_each_of_level([&](slot x) {
      found.expand(x, [&](slot to) {
        if (to == graph_.self)
          sender = x;
      });
    });
  }
  if (sender == none)
    return std::nullopt;
  return name_of(sender);
}

bool routes::is_leaf(peer_name name) const {
  return knows(name) && connection_count(name) <= 1;
}

std::size_t routes::connection_count(peer_name name) const {
  auto who = slot_of(name);
  return who == none ? 0 : graph_.edges(who).size();
}

std::vector<peer_name> routes::random_neighbours(peer_name except,
                                                 std::mt19937_64& rng) const {
  std::vector<neighbour> pool;
  auto& all = found().neighbours;
  pool.reserve(all.size());
  std::uint32_t total = 0;
  for (auto& x : all) {
    if (name_of(x.who) == except)
      continue;
    pool.push_back(x);
    total += x.destinations;
  }
  auto known = static_cast<double>(reachable());
  auto wanted = static_cast<std::size_t>(2 * std::log2(known));
  std::vector<peer_name> result;
  while (result.size() < wanted && !pool.empty()) {
    auto ticket = std::uniform_int_distribution<std::uint32_t>{1, total}(rng);
    auto drawn = pool.begin();
    while (ticket > drawn->destinations) {
      ticket -= drawn->destinations;
      ++drawn;
    }
    result.push_back(name_of(drawn->who));
    total -= drawn->destinations;
    *drawn = pool.back();
    pool.pop_back();
  }
  return result;
}

} // namespace cafmesh
