#include "actors/core/mesh/disjoint_paths.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace cafmesh {

namespace {

/// Finds one path after another (Ford and Fulkerson). Each peer is split into
/// an entry and an exit, so that only one path uses it. A search that enters a
/// peer of an earlier path may only follow that path back and leave it at an
/// earlier peer. The connections in between then belong to neither path.
class path_search {
public:
  path_search(const mesh_graph& mesh, slot from, slot to)
      : mesh_(mesh), from_(from), to_(to),
        came_from_(2 * mesh.connections.size()),
        before_(mesh.connections.size(), none) {
  }

  bool find_another() {
    std::fill(came_from_.begin(), came_from_.end(), none);
    open_ = {leaving(from_)};
    came_from_[leaving(from_)] = leaving(from_);
    for (std::size_t i = 0; i < open_.size() && !is_found(); ++i)
      if (is_entering(open_[i]))
        go_on_inside(open_[i]);
      else
        leave(open_[i]);
    if (!is_found())
      return false;
    keep_path();
    return true;
  }

private:
  using side = std::uint32_t;
  static constexpr side none = 0xffff'ffffu;

  static side entering(slot x) {
    return 2 * x;
  }
  static side leaving(slot x) {
    return 2 * x + 1;
  }
  static bool is_entering(side x) {
    return x % 2 == 0;
  }

  bool is_found() const {
    return came_from_[entering(to_)] != none;
  }

  void reach(side x, side from) {
    if (came_from_[x] != none)
      return;
    came_from_[x] = from;
    open_.push_back(x);
  }

  void go_on_inside(side at) {
    const auto who = at / 2;
    if (before_[who] == none)
      reach(leaving(who), at);
    else
      reach(leaving(before_[who]), at);
  }

  void leave(side at) {
    const auto who = at / 2;
    if (before_[who] != none)
      reach(entering(who), at);
    for (const auto& e : mesh_.edges(who))
      if (may_use(who, e))
        reach(entering(e.to), at);
  }

  bool may_use(slot x, const adjacency::edge& e) const {
    const auto is_between_them = x == from_ && e.to == to_;
    return !is_between_them && e.to != from_ && used_.count({x, e.to}) == 0
           && mesh_.established_both_ways(x, e);
  }

  void keep_path() {
    for (auto x = entering(to_); x != leaving(from_); x = came_from_[x]) {
      const auto last = came_from_[x] / 2;
      if (last == x / 2)
        continue;
      if (is_entering(x))
        used_.insert({last, x / 2});
      else
        used_.erase({x / 2, last});
    }
    std::fill(before_.begin(), before_.end(), none);
    for (const auto& [x, y] : used_)
      if (y != to_)
        before_[y] = x;
  }

  const mesh_graph& mesh_;
  slot from_;
  slot to_;
  std::vector<side> came_from_;
  std::vector<side> open_;
  std::vector<slot> before_; // the previous peer on its path
  std::set<std::pair<slot, slot>> used_;
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
