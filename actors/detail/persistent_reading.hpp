#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <cafmesh/detail/persistent_tree.hpp>

namespace cafmesh {

/// Functions that read parts of the tree in a `persistent_map`.
template <class T, class Summary, class Key>
struct persistent_reading {
  using tree = persistent_tree<T, Summary, Key>;
  using items = typename tree::items;
  using chunk = typename tree::chunk;
  using node = typename tree::node;
  using key_view = typename tree::key_view;

  template <class Matches, class F>
  static void visit(const node* x, const Matches& matches, F& f) {
    if (!x || !matches(x->sum))
      return;
    visit(x->left.get(), matches, f);
    if (matches(x->here->sum()))
      for (const auto& each : *x->here)
        f(each->value);
    visit(x->right.get(), matches, f);
  }

  // The number of the items whose keys are less than `key`.
  static std::size_t position(const node* x, key_view key) noexcept {
    std::size_t result = 0;
    while (x) {
      if (!x->is_behind(key)) {
        result += tree::size_of(x->left) + x->here->lower_bound(key);
        if (!x->is_before(key))
          return result;
      }
      x = (x->is_behind(key) ? x->left : x->right).get();
    }
    return result;
  }

  // Adds the summary and the number of the items in [`first`, `last`) to `to`.
  // An absent bound leaves the range open at that end.
  static void add_range(const node* x, std::optional<key_view> first,
                        std::optional<key_view> last,
                        std::pair<Summary, std::size_t>& to) {
    while (x && (first || last)) {
      if (first && x->is_before(*first)) {
        x = x->right.get();
      } else if (last && !(x->here->first_key() < *last)) {
        x = x->left.get();
      } else {
        const auto [from, end] = add_here(*x->here, first, last, to);
        if (from == 0)
          add_range(x->left.get(), first, std::nullopt, to);
        if (end == x->here->size())
          add_range(x->right.get(), std::nullopt, last, to);
        return;
      }
    }
    if (x) {
      to.first += x->sum;
      to.second += x->size;
    }
  }

  static std::pair<std::size_t, std::size_t>
  add_here(const chunk& x, std::optional<key_view> first,
           std::optional<key_view> last, std::pair<Summary, std::size_t>& to) {
    const auto from = first ? x.lower_bound(*first) : 0;
    const auto end = std::max(from, last ? x.lower_bound(*last) : x.size());
    to.first += sum_between(x, from, end);
    to.second += end - from;
    return {from, end};
  }

  // Adds up the items, or subtracts the others from the chunk's sum if those
  // are fewer.
  static Summary sum_between(const chunk& x, std::size_t from,
                             std::size_t end) {
    if (2 * (end - from) <= x.size())
      return items::sum_of(x.begin() + from, x.begin() + end);
    if (from == 0 && end == x.size())
      return x.sum();
    auto result = x.sum();
    result -= items::sum_of(x.begin(), x.begin() + from);
    result -= items::sum_of(x.begin() + end, x.end());
    result.clear_bounds();
    for (auto i = from; i < end; ++i)
      result.widen_bounds(x[i]->value.second);
    return result;
  }
};

} // namespace cafmesh
