#include "actors/core/mesh/adjacency.hpp"

#include <algorithm>

namespace cafmesh {

const adjacency_ptr& adjacency::none() {
  static const adjacency_ptr result = std::make_shared<const adjacency>();
  return result;
}

void adjacency::append(const adjacency& from, std::size_t first,
                       std::size_t last) {
  auto begin = from.edges_.begin();
  edges_.insert(edges_.end(), begin + static_cast<std::ptrdiff_t>(first),
                begin + static_cast<std::ptrdiff_t>(last));
}

adjacency_ptr adjacency::with_slots(const std::vector<slot>& moved) const {
  if (edges_.empty())
    return none();
  auto result = std::make_shared<adjacency>(*this);
  for (auto& x : result->edges_)
    x.to = moved[x.to] & max_slot;
  return result;
}

bool adjacency::same_graph(const adjacency& other) const noexcept {
  auto same = [](const edge& x, const edge& y) {
    return x.to == y.to && x.established == y.established;
  };
  return std::equal(edges_.begin(), edges_.end(), other.edges_.begin(),
                    other.edges_.end(), same);
}

} // namespace cafmesh
