#include "actors/core/mesh/disjoint_paths.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace cafmesh {

namespace {

/// Finds one path after another (Ford and Fulkerson). A path may run against an
/// earlier one over a connection, which then belongs to neither.
class path_search {
public:
  path_search(const mesh_graph& mesh, slot from, slot to)
      : mesh_(mesh), from_(from), to_(to), came_from_(mesh.connections.size()) {
  }

  bool find_another() {
    std::fill(came_from_.begin(), came_from_.end(), none);
    came_from_[from_] = from_;
    std::vector<slot> open{from_};
    for (std::size_t i = 0; i < open.size() && came_from_[to_] == none; ++i)
      for (const auto& e : mesh_.edges(open[i]))
        if (came_from_[e.to] == none && may_use(open[i], e)) {
          came_from_[e.to] = open[i];
          open.push_back(e.to);
        }
    if (came_from_[to_] == none)
      return false;
    keep_path();
    return true;
  }

private:
  static constexpr slot none = 0xffff'ffffu;

  bool may_use(slot x, const adjacency::edge& e) const {
    const auto is_between_them =
      (x == from_ && e.to == to_) || (x == to_ && e.to == from_);
    return !is_between_them && used_.count({x, e.to}) == 0
           && mesh_.established_both_ways(x, e);
  }

  void keep_path() {
    for (auto x = to_; x != from_; x = came_from_[x])
      if (used_.erase({x, came_from_[x]}) == 0)
        used_.insert({came_from_[x], x});
  }

  const mesh_graph& mesh_;
  slot from_;
  slot to_;
  std::vector<slot> came_from_;
  std::set<std::pair<slot, slot>> used_; // in the direction of the paths
};

} // namespace

bool has_disjoint_paths(const mesh_graph& mesh, slot from, slot to,
                        std::size_t wanted) {
  path_search search{mesh, from, to};
  for (std::size_t i = 0; i < wanted; ++i)
    if (!search.find_another())
      return false;
  return true;
}

} // namespace cafmesh
