#include "actors/core/mesh/adjacency.hpp"

#include <algorithm>

namespace cafmesh {

const adjacency_ptr& adjacency::none() {
  static const adjacency_ptr result = std::make_shared<const adjacency>();
  return result;
}

void adjacency::reserve(std::size_t count, std::size_t address_size) {
  edges_.reserve(count);
  addresses_.reserve(address_size);
}

void adjacency::append(slot to, std::string_view address, bool outbound,
                       bool established) {
  addresses_.append(address);
  // The edge is built in place: copying it from a temporary would cost more
  // than the rest of this function.
  auto& x = edges_.emplace_back();
  x.to = to;
  x.address_end = static_cast<std::uint32_t>(addresses_.size());
  x.outbound = outbound;
  x.established = established;
}

void adjacency::append(const adjacency& from, std::size_t first,
                       std::size_t last) {
  if (first == last)
    return;
  auto begin = first == 0 ? 0 : from.edges_[first - 1].address_end;
  auto end = from.edges_[last - 1].address_end;
  auto shift = static_cast<std::uint32_t>(addresses_.size()) - begin;
  addresses_.append(from.addresses_, begin, end - begin);
  auto size = edges_.size();
  edges_.insert(edges_.end(),
                from.edges_.begin() + static_cast<std::ptrdiff_t>(first),
                from.edges_.begin() + static_cast<std::ptrdiff_t>(last));
  for (; shift != 0 && size < edges_.size(); ++size)
    edges_[size].address_end += shift; // a negative shift wraps modulo 2^32
}

adjacency_ptr adjacency::with_slots(const std::vector<slot>& moved) const {
  if (edges_.empty())
    return none();
  auto result = std::make_shared<adjacency>(*this);
  for (auto& x : result->edges_)
    x.to = moved[x.to];
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
