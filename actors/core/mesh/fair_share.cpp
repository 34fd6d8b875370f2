#include "actors/core/mesh/fair_share.hpp"

#include <algorithm>
#include <functional>

namespace cafmesh {

namespace {

// The size to which the largest of `sizes` have to be cut so that the sum of
// all falls by `need`.
// @pre `need` is no more than the sum of `sizes`
std::uint64_t level_of(std::vector<std::uint64_t> sizes, std::uint64_t need) {
  std::sort(sizes.begin(), sizes.end(), std::greater<>{});
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    sum += sizes[i];
    auto next = i + 1 < sizes.size() ? sizes[i + 1] : 0;
    if (sum >= need && (sum - need) / (i + 1) >= next)
      return (sum - need) / (i + 1);
  }
  return 0;
}

} // namespace

// -- the tree

fair_share::fair_share(const mesh_graph& mesh)
    : self_(mesh.self), parents_(mesh.connections.size() + 1, none),
      is_dropped_(parents_.size()) {
  auto elsewhere = static_cast<slot>(mesh.connections.size());
  order_.reserve(mesh.peers->slots.size() + 1);
  attach(self_, self_);
  for (const auto& e : mesh.edges(self_))
    attach(e.to, self_);
  grow(mesh, [&mesh](slot from, const adjacency::edge& x) {
    return mesh.opposite(from, x) != nullptr;
  });
  grow(mesh, [](slot, const adjacency::edge&) { return true; });
  attach(elsewhere, self_);
  for (auto who : mesh.peers->slots)
    attach(who, elsewhere);
  list_children();
}

void fair_share::attach(slot who, slot parent) {
  if (parents_[who] != none)
    return;
  parents_[who] = parent;
  order_.push_back(who);
}

template <class Counts>
void fair_share::grow(const mesh_graph& mesh, Counts counts) {
  auto all = mesh.peers->slots.size();
  for (std::size_t i = 0; i < order_.size() && order_.size() < all; ++i)
    for (const auto& e : mesh.edges(order_[i]))
      if (parents_[e.to] == none && counts(order_[i], e))
        attach(e.to, order_[i]);
}

void fair_share::list_children() {
  first_child_.resize(parents_.size() + 1);
  // The first entry of `order_` is ourselves, and has no parent.
  for (std::size_t i = 1; i < order_.size(); ++i)
    ++first_child_[parents_[order_[i]] + 1];
  for (std::size_t i = 1; i < first_child_.size(); ++i)
    first_child_[i] += first_child_[i - 1];
  auto next = first_child_;
  children_.resize(order_.size() - 1);
  for (std::size_t i = 1; i < order_.size(); ++i)
    children_[next[parents_[order_[i]]]++] = order_[i];
}

fair_share::children fair_share::children_of(slot who) const noexcept {
  return {children_.data() + first_child_[who],
          children_.data() + first_child_[who + 1]};
}

// -- the choice

std::uint64_t fair_share::own_weight(slot who,
                                     const weights& of) const noexcept {
  return parents_[who] == self_ || is_dropped_[who] ? 0 : of[who];
}

void fair_share::drop(std::uint64_t excess, const weights& of) {
  weight_below_.assign(parents_.size(), 0);
  for (auto i = order_.size(); i-- > 1;) {
    auto who = order_[i];
    weight_below_[parents_[who]] += weight_below_[who] + own_weight(who, of);
  }
  cuts_to_divide_.emplace_back(self_, std::min(excess, weight_below_[self_]));
  while (!cuts_to_divide_.empty()) {
    auto [who, need] = cuts_to_divide_.back();
    cuts_to_divide_.pop_back();
    divide(who, need, of);
  }
}

void fair_share::divide(slot who, std::uint64_t need, const weights& of) {
  auto [first, last] = children_of(who);
  std::vector<std::uint64_t> sizes;
  for (auto x = first; x != last; ++x)
    sizes.push_back(weight_below_[*x] + own_weight(*x, of));
  auto level = level_of(sizes, need);
  std::vector<std::uint64_t> cuts;
  std::uint64_t sum = 0;
  for (auto size : sizes) {
    cuts.push_back(size > level ? size - level : 0);
    sum += cuts.back();
  }
  // Branch sizes are whole numbers, so the cuts may add up to more than `need`.
  // The first branches are then cut a little less.
  for (std::size_t i = 0; i < cuts.size() && sum > need; ++i)
    if (cuts[i] != 0) {
      --cuts[i];
      --sum;
    }
  // Begins with the last branch. If a branch is dropped as a whole and weighs
  // more than its cut, the branches before it lose less.
  for (auto i = cuts.size(); i-- > 0 && need != 0;) {
    auto cut = std::min(cuts[i], need);
    if (cut == 0)
      continue;
    if (cut <= weight_below_[first[i]]) {
      cuts_to_divide_.emplace_back(first[i], cut);
      need -= cut;
    } else {
      drop_branch(first[i]);
      need -= std::min(sizes[i], need);
    }
  }
}

void fair_share::drop_branch(slot top) {
  std::vector<slot> open{top};
  while (!open.empty()) {
    auto who = open.back();
    open.pop_back();
    if (is_dropped_[who])
      continue;
    is_dropped_[who] = 1;
    dropped_.push_back(who);
    auto [first, last] = children_of(who);
    open.insert(open.end(), first, last);
  }
}

} // namespace cafmesh
