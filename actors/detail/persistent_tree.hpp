#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/intrusive_ptr.hpp>

namespace cafmesh {

/// The balanced tree in a `persistent_map`, as functions that work on subtrees.
/// Maps share nodes. Before a function changes a node that other maps use, it
/// copies the node.
template <class T, class Summary, class Key>
struct persistent_tree {
  struct node;
  using node_ptr = caf::intrusive_ptr<node>;
  using value_type = std::pair<const Key, T>;
  using key_view =
    std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;
  using digest_type = decltype(Summary::digest_of(std::declval<key_view>(),
                                                  std::declval<const T&>()));

  struct node {
    node(key_view key, T x, const digest_type& of)
        : item(Key{key}, std::move(x)), digest(of), sum(item.second, digest) {
    }
    node(const node& x)
        : item(x.item), left(x.left), right(x.right), size(x.size),
          digest(x.digest), sum(x.sum) {
    }
    node& operator=(const node&) = delete;

    friend void intrusive_ptr_add_ref(node* x) noexcept {
      x->references.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(node* x) noexcept {
      if (x->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete x;
    }

    std::atomic<std::size_t> references{1};
    value_type item;
    node_ptr left, right;
    std::size_t size = 1;
    digest_type digest;
    Summary sum; // the summary of the subtree
  };

  // In this weight-balanced tree, a subtree weighs at most `most_unequal` times
  // as much as its sibling. A heavier subtree is rotated: twice if its inner
  // child weighs at least `double_rotation` times as much as its outer child,
  // otherwise once. Hirai and Yamamoto prove that the values 3 and 2 keep the
  // tree balanced.
  static constexpr std::size_t most_unequal = 3;
  static constexpr std::size_t double_rotation = 2;

  // Negative if `x` comes before `y`, 0 if they are equal.
  static int order_of(key_view x, const Key& y) noexcept {
    if constexpr (std::is_same_v<Key, std::string>)
      return x.compare(y);
    else
      return x == y ? 0 : x < y ? -1 : 1;
  }

  static std::size_t size_of(const node_ptr& x) noexcept {
    return x ? x->size : 0;
  }
  static std::size_t weight(const node_ptr& x) noexcept {
    return size_of(x) + 1;
  }

  // Replaces a node that another map also uses with a copy for this map. If the
  // reference count is 1, no other thread can increase it after the check,
  // because only the holder of a reference can add another one.
  static void own(node_ptr& x) {
    if (x->references.load(std::memory_order_acquire) != 1)
      x = node_ptr{new node(*x), false};
  }

  static void update(node& x) {
    x.size = size_of(x.left) + 1 + size_of(x.right);
    x.sum = Summary(x.item.second, x.digest);
    if (x.left)
      x.sum += x.left->sum;
    if (x.right)
      x.sum += x.right->sum;
  }

  // Rotates a subtree: the root's child on side `Up` becomes the new root.
  // Requires that no other map uses the old root.
  template <node_ptr node::*Up, node_ptr node::*Down>
  static void rotate(node_ptr& x) {
    own((*x).*Up);
    auto top = std::move((*x).*Up);
    (*x).*Up = std::move((*top).*Down);
    update(*x);
    (*top).*Down = std::move(x);
    x = std::move(top);
    update(*x);
  }

  template <node_ptr node::*Heavy, node_ptr node::*Light>
  static void rebalance(node_ptr& x) {
    auto& heavy = (*x).*Heavy;
    if (weight((*heavy).*Light) >= double_rotation * weight((*heavy).*Heavy)) {
      own(heavy);
      rotate<Light, Heavy>(heavy);
    }
    rotate<Heavy, Light>(x);
  }

  static void balance(node_ptr& x) {
    if (weight(x->left) > most_unequal * weight(x->right))
      rebalance<&node::left, &node::right>(x);
    else if (weight(x->right) > most_unequal * weight(x->left))
      rebalance<&node::right, &node::left>(x);
    else
      update(*x);
  }

  static void set(node_ptr& x, key_view key, T value,
                  const digest_type& digest) {
    if (!x) {
      x = node_ptr{new node(key, std::move(value), digest), false};
      return;
    }
    own(x);
    auto order = order_of(key, x->item.first);
    if (order == 0) {
      x->item.second = std::move(value);
      x->digest = digest;
    } else {
      set(order < 0 ? x->left : x->right, key, std::move(value), digest);
    }
    balance(x);
  }

  // Calls `f` on the value of a key, which is T{} if the key is new.
  template <class F>
  static void change(node_ptr& x, key_view key, const F& f) {
    if (!x) {
      T value{};
      f(value);
      const auto digest = Summary::digest_of(key, value);
      x = node_ptr{new node(key, std::move(value), digest), false};
      return;
    }
    own(x);
    auto order = order_of(key, x->item.first);
    if (order == 0) {
      f(x->item.second);
      x->digest = Summary::digest_of(key, x->item.second);
    } else {
      change(order < 0 ? x->left : x->right, key, f);
    }
    balance(x);
  }

  static void erase(node_ptr& x, key_view key) {
    auto order = order_of(key, x->item.first);
    if (order != 0) {
      own(x);
      erase(order < 0 ? x->left : x->right, key);
    } else if (!x->left || !x->right) {
      auto rest = x->left ? x->left : x->right;
      x = std::move(rest);
      return;
    } else {
      own(x);
      auto next = take_first(x->right);
      next->left = std::move(x->left);
      next->right = std::move(x->right);
      x = std::move(next);
    }
    balance(x);
  }

  // Removes and returns the first node of a subtree.
  // @pre the subtree is not empty
  static node_ptr take_first(node_ptr& x) {
    own(x);
    if (!x->left) {
      auto result = std::move(x);
      x = std::move(result->right);
      return result;
    }
    auto result = take_first(x->left);
    balance(x);
    return result;
  }

  /// An item to be merged.
  struct new_item {
    key_view key;
    T value;
    digest_type digest;
  };
  using new_iterator = typename std::vector<new_item*>::iterator;

  static node_ptr make(new_item& x) {
    return node_ptr{new node(x.key, std::move(x.value), x.digest), false};
  }

  // Makes a balanced subtree of items with ascending keys.
  static node_ptr build(new_iterator first, new_iterator end) {
    if (first == end)
      return nullptr;
    auto middle = first + (end - first) / 2;
    auto left = build(first, middle);
    auto x = make(**middle);
    x->left = std::move(left);
    x->right = build(middle + 1, end);
    update(*x);
    return x;
  }

  // Sorts items by key, and moves one item of each key to the front. Returns
  // the end of these items.
  template <class Wins>
  static new_iterator leave_one_of_each(std::vector<new_item*>& xs,
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

  // Merges items with ascending keys into a subtree.
  template <class Wins>
  static void merge(node_ptr& x, new_iterator first, new_iterator end,
                    const Wins& wins) {
    if (first == end)
      return;
    if (!x) {
      x = build(first, end);
      return;
    }
    own(x);
    auto middle = std::lower_bound(
      first, end, key_view{x->item.first},
      [](const new_item* y, key_view key) { return y->key < key; });
    auto next = middle;
    if (middle != end && (*middle)->key == x->item.first) {
      ++next;
      if (wins((*middle)->value, x->item.second)) {
        x->item.second = std::move((*middle)->value);
        x->digest = (*middle)->digest;
      }
    }
    auto before = std::move(x->left), behind = std::move(x->right);
    merge(before, first, middle, wins);
    merge(behind, next, end, wins);
    join(before, std::move(x), std::move(behind));
    x = std::move(before);
  }

  // Appends the item in `middle`, and then those in `behind`, to a subtree
  // whose keys are all smaller.
  static void join(node_ptr& x, node_ptr middle, node_ptr behind) {
    if (weight(x) > most_unequal * weight(behind)) {
      own(x);
      join(x->right, std::move(middle), std::move(behind));
    } else if (weight(behind) > most_unequal * weight(x)) {
      own(behind);
      join(x, std::move(middle), std::move(behind->left));
      behind->left = std::move(x);
      x = std::move(behind);
    } else {
      middle->left = std::move(x);
      middle->right = std::move(behind);
      x = std::move(middle);
    }
    balance(x);
  }

  template <class Matches, class F>
  static void visit(const node* x, const Matches& matches, F& f) {
    if (!x || !matches(x->sum))
      return;
    visit(x->left.get(), matches, f);
    f(x->item);
    visit(x->right.get(), matches, f);
  }

  // Adds the summary and the number of the items in [`first`, `last`) to `to`.
  // An absent bound leaves the range open at that end.
  static void add_range(const node* x, std::optional<key_view> first,
                        std::optional<key_view> last,
                        std::pair<Summary, std::size_t>& to) {
    for (; x && (first || last);) {
      if (first && x->item.first < *first) {
        x = x->right.get();
      } else if (last && !(x->item.first < *last)) {
        x = x->left.get();
      } else {
        to.first += Summary(x->item.second, x->digest);
        ++to.second;
        add_range(x->left.get(), first, std::nullopt, to);
        add_range(x->right.get(), std::nullopt, last, to);
        return;
      }
    }
    if (x) {
      to.first += x->sum;
      to.second += x->size;
    }
  }
};

} // namespace cafmesh
