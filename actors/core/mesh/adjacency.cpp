#include "actors/core/mesh/adjacency.hpp"

#include <algorithm>

namespace cafmesh {

adjacency::adjacency(const edge_list& xs) {
  if (!xs.edges_.empty())
    edges_ = {{}, xs.edges_.data(), xs.edges_.size()};
}

adjacency adjacency::with_slots(const std::vector<slot>& moved) const {
  edge_list result;
  result.reserve(edges_.size());
  for (const auto& x : edges())
    result.append(moved[x.to], x.outbound, x.established);
  return result;
}

bool adjacency::same_graph(const adjacency& other) const noexcept {
  auto same = [](const edge& x, const edge& y) {
    return x.to == y.to && x.established == y.established;
  };
  return std::equal(edges_.begin(), edges_.end(), other.edges_.begin(),
                    other.edges_.end(), same);
}

bool adjacency::operator==(const adjacency& other) const noexcept {
  auto same = [](const edge& x, const edge& y) {
    return x.to == y.to && x.outbound == y.outbound
           && x.established == y.established;
  };
  return std::equal(edges_.begin(), edges_.end(), other.edges_.begin(),
                    other.edges_.end(), same);
}

void edge_list::append(const adjacency& from, std::size_t first,
                       std::size_t last) {
  auto edges = from.edges();
  edges_.insert(edges_.end(), edges.begin() + first, edges.begin() + last);
}

} // namespace cafmesh
