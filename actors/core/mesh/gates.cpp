#include "actors/core/mesh/gates.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace cafmesh {

namespace {

/// A depth-first search. A peer's parent is its gate if no connection leads
/// from the peers below it to a peer that was found before the parent.
class search {
public:
  search(const mesh_graph& mesh, slot from)
      : mesh_(mesh), number_(mesh.connections.size()),
        lowest_(mesh.connections.size()), next_(mesh.connections.size()),
        parents_(mesh.connections.size(), no_gate) {
    find(from, no_gate);
    while (!open_.empty())
      step();
  }

  std::vector<slot> gates() const {
    std::vector<slot> result(number_.size(), no_gate);
    for (auto who : found_) {
      const auto parent = parents_[who];
      if (parent == no_gate || parent == found_.front())
        continue;
      result[who] = result[parent] != no_gate         ? result[parent]
                    : lowest_[who] >= number_[parent] ? parent
                                                      : no_gate;
    }
    return result;
  }

private:
  void find(slot who, slot parent) {
    found_.push_back(who);
    open_.push_back(who);
    parents_[who] = parent;
    number_[who] = lowest_[who] = static_cast<std::uint32_t>(found_.size());
  }

  void step() {
    const auto who = open_.back();
    const auto edges = mesh_.edges(who);
    if (next_[who] == edges.size()) {
      open_.pop_back();
      if (const auto parent = parents_[who]; parent != no_gate)
        lowest_[parent] = std::min(lowest_[parent], lowest_[who]);
      return;
    }
    const auto& e = edges[next_[who]++];
    if (e.to == parents_[who] || !mesh_.established_both_ways(who, e))
      return;
    if (number_[e.to] == 0)
      find(e.to, who);
    else
      lowest_[who] = std::min(lowest_[who], number_[e.to]);
  }

  const mesh_graph& mesh_;
  std::vector<std::uint32_t> number_; // in order of finding; 0: not found
  std::vector<std::uint32_t> lowest_;
  std::vector<std::size_t> next_;
  std::vector<slot> parents_;
  std::vector<slot> found_;
  std::vector<slot> open_;
};

} // namespace

std::vector<slot> gates_from(const mesh_graph& mesh, slot from) {
  return search{mesh, from}.gates();
}

} // namespace cafmesh
