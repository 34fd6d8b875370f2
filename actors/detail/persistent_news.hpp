#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <cafmesh/detail/persistent_items.hpp>

namespace cafmesh {

/// New items of a `persistent_map`, to be merged into it in one step.
template <class T, class Summary, class Key>
struct persistent_news {
  using items = persistent_items<T, Summary, Key>;
  using item_ptr = typename items::item_ptr;
  using key_view = typename items::key_view;

  struct new_item {
    key_view key;
    T value;
    typename items::digest_type digest;
  };
  using iterator = typename std::vector<new_item*>::iterator;

  static item_ptr make(new_item& x) {
    return items::make_item(x.key, std::move(x.value), x.digest);
  }

  // Sorts items by key, and moves one item of each key to the front. Returns
  // the end of these items.
  template <class Wins>
  static iterator leave_one_of_each(std::vector<new_item*>& xs,
                                    const Wins& wins) {
    auto ascends = [](const new_item* x, const new_item* y) {
      return x->key < y->key;
    };
    if (!std::is_sorted(xs.begin(), xs.end(), ascends))
      std::stable_sort(xs.begin(), xs.end(), ascends);
    auto end = xs.begin();
    for (auto* x : xs)
      if (end == xs.begin() || ascends(end[-1], x))
        *end++ = x;
      else if (wins(x->value, end[-1]->value))
        end[-1] = x;
    return end;
  }

  // Merges new items into older ones. Both have ascending keys.
  // @param sum on entry that of `xs`, on return that of the result, except for
  //        its bounds; null if it is not needed
  template <class Wins>
  static std::vector<item_ptr> merged(std::vector<item_ptr> xs, iterator first,
                                      iterator end, const Wins& wins,
                                      Summary* sum = nullptr) {
    std::vector<item_ptr> result;
    result.reserve(xs.size() + static_cast<std::size_t>(end - first));
    auto add = [&](new_item& x) {
      result.push_back(make(x));
      if (sum)
        *sum += items::summary_of(result.back());
    };
    for (auto& x : xs) {
      const auto key = items::key_of(x);
      for (; first != end && (*first)->key < key; ++first)
        add(**first);
      const bool is_same = first != end && (*first)->key == key;
      if (is_same && wins((*first)->value, x->value.second)) {
        if (sum)
          *sum -= items::summary_of(x);
        add(**first);
      } else {
        result.push_back(std::move(x));
      }
      first += is_same ? 1 : 0;
    }
    for (; first != end; ++first)
      add(**first);
    return result;
  }
};

} // namespace cafmesh
