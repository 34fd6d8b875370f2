#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <caf/intrusive_ptr.hpp>

#include <cafmesh/detail/persistent_items.hpp>
#include <cafmesh/detail/persistent_news.hpp>

namespace cafmesh {

/// The balanced tree in a `persistent_map`, as functions that work on subtrees.
/// Each node has a chunk of items. Maps share nodes. Before a function changes
/// a node that other maps use, it copies the node, but not its items.
template <class T, class Summary, class Key>
struct persistent_tree {
  using items = persistent_items<T, Summary, Key>;
  using news = persistent_news<T, Summary, Key>;
  using chunk = typename items::chunk;
  using chunk_ptr = typename items::chunk_ptr;
  using item_ptr = typename items::item_ptr;
  using key_view = typename items::key_view;
  using new_item = typename news::new_item;
  using new_iterator = typename news::iterator;

  struct node;
  using node_ptr = caf::intrusive_ptr<node>;

  struct node {
    explicit node(chunk_ptr xs)
        : here(std::move(xs)), size(here->size()), sum(here->sum()) {
    }
    node(const node& x)
        : here(x.here), left(x.left), right(x.right), chunks(x.chunks),
          size(x.size), sum(x.sum) {
    }
    node& operator=(const node&) = delete;

    friend void intrusive_ptr_add_ref(node* x) noexcept {
      x->references.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(node* x) noexcept {
      if (x->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete x;
    }
    bool is_before(key_view key) const noexcept {
      return here->last_key() < key;
    }
    bool is_behind(key_view key) const noexcept {
      return key < here->first_key();
    }

    std::atomic<std::size_t> references{1};
    chunk_ptr here;
    node_ptr left, right;
    std::size_t chunks = 1; // in the subtree, as are `size` and `sum`
    std::size_t size;
    Summary sum;
  };

  static node_ptr make_node(chunk_ptr xs) {
    return node_ptr{new node(std::move(xs)), false};
  }

  // In this weight-balanced tree, a subtree weighs at most `most_unequal` times
  // as much as its sibling. A heavier subtree is rotated: twice if its inner
  // child weighs at least `double_rotation` times as much as its outer child,
  // otherwise once. Hirai and Yamamoto prove that the values 3 and 2 keep the
  // tree balanced.
  static constexpr std::size_t most_unequal = 3;
  static constexpr std::size_t double_rotation = 2;

  static std::size_t size_of(const node_ptr& x) noexcept {
    return x ? x->size : 0;
  }
  static std::size_t weight(const node_ptr& x) noexcept {
    return x ? x->chunks + 1 : 1;
  }

  // Replaces a node that another map also uses with a copy for this map. If the
  // reference count is 1, no other thread can increase it after the check,
  // because only the holder of a reference can add another one.
  static void own(node_ptr& x) {
    if (x->references.load(std::memory_order_acquire) != 1)
      x = node_ptr{new node(*x), false};
  }

  static void update(node& x) {
    x.chunks = weight(x.left) + weight(x.right) - 1;
    x.size = size_of(x.left) + x.here->size() + size_of(x.right);
    x.sum = x.here->sum();
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

  static void set(node_ptr& x, item_ptr y) {
    if (!x) {
      x = make_node(chunk::of(std::move(y)));
      return;
    }
    own(x);
    const auto key = items::key_of(y);
    if (x->left && x->is_behind(key))
      set(x->left, std::move(y));
    else if (x->right && x->is_before(key))
      set(x->right, std::move(y));
    else
      set_here(*x, std::move(y));
    balance(x);
  }

  static void set_here(node& x, item_ptr y) {
    const auto key = items::key_of(y);
    const auto at = x.here->lower_bound(key);
    if (x.here->has(at, key))
      return items::replace(x.here, at, std::move(y));
    if (x.here->size() < items::most_in_chunk)
      return items::insert(x.here, at, std::move(y));
    chunk_ptr next;
    if (at == items::most_in_chunk && !x.right) {
      next = chunk::of(std::move(y)); // so ascending keys fill their chunks
    } else {
      next = items::split(x.here);
      const auto half = x.here->size();
      const bool is_first = at <= half;
      items::insert(is_first ? x.here : next, is_first ? at : at - half,
                    std::move(y));
    }
    node_ptr behind;
    join(behind, make_node(std::move(next)), std::move(x.right));
    x.right = std::move(behind);
  }

  /// @pre the key is present
  static void erase(node_ptr& x, key_view key) {
    if (x->size == 1) {
      x = nullptr;
      return;
    }
    const bool is_only = x->chunks == 1;
    if (auto few = erase_below(x, key, is_only))
      for (const auto& each : *few)
        set(x, each);
  }

  // Erases an item. If few items of its chunk are left, removes and returns
  // the chunk, unless it is the only one.
  static chunk_ptr erase_below(node_ptr& x, key_view key, bool is_only) {
    own(x);
    chunk_ptr few;
    if (x->is_behind(key)) {
      few = erase_below(x->left, key, is_only);
    } else if (x->is_before(key)) {
      few = erase_below(x->right, key, is_only);
    } else {
      items::erase(x->here, x->here->lower_bound(key));
      if (!is_only && x->here->size() < items::least_in_chunk) {
        few = x->here;
        remove_top(x);
      }
    }
    if (x)
      balance(x);
    return few;
  }

  // Removes the root of a subtree without balancing it.
  static void remove_top(node_ptr& x) {
    if (!x->left || !x->right) {
      auto rest = x->left ? x->left : x->right;
      x = std::move(rest);
      if (x)
        own(x);
      return;
    }
    auto next = take_first(x->right);
    next->left = std::move(x->left);
    next->right = std::move(x->right);
    x = std::move(next);
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

  // Merges items with ascending keys into a subtree.
  template <class Wins>
  static void merge(node_ptr& x, new_iterator first, new_iterator end,
                    const Wins& wins) {
    if (first == end)
      return;
    if (!x)
      return append(x, news::merged({}, first, end, wins), nullptr);
    const auto [from, to] = own_part(*x, first, end);
    auto here = x->here;
    auto before = x->left, behind = x->right;
    x = nullptr; // so that the subtrees can change in place
    merge(before, first, from, wins);
    merge(behind, to, end, wins);
    if (from == to) {
      join(before, make_node(std::move(here)), std::move(behind));
    } else {
      std::vector<item_ptr> xs{here->begin(), here->end()};
      append(before, news::merged(std::move(xs), from, to, wins),
             std::move(behind));
    }
    x = std::move(before);
  }

  // Those new items that belong between the subtrees of a node.
  static std::pair<new_iterator, new_iterator>
  own_part(const node& x, new_iterator first, new_iterator end) {
    auto from = !x.left ? first
                        : std::lower_bound(first, end, x.here->first_key(),
                                           [](const new_item* y, key_view key) {
                                             return y->key < key;
                                           });
    auto to = !x.right ? end
                       : std::upper_bound(from, end, x.here->last_key(),
                                          [](key_view key, const new_item* y) {
                                            return key < y->key;
                                          });
    return {from, to};
  }

  // Appends items to a subtree, and then another subtree.
  static void append(node_ptr& x, std::vector<item_ptr> xs, node_ptr behind) {
    const auto parts =
      (xs.size() + items::most_in_chunk - 1) / items::most_in_chunk;
    const auto at = [&](std::size_t part) {
      return xs.begin() + static_cast<std::ptrdiff_t>(xs.size() * part / parts);
    };
    for (std::size_t i = 0; i < parts; ++i)
      join(x, make_node(chunk::of(at(i), at(i + 1))),
           i + 1 < parts ? nullptr : std::move(behind));
  }

  // Appends the node `middle`, and then those in `behind`, to a subtree whose
  // keys are all smaller.
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
    if (matches(x->here->sum()))
      for (const auto& each : *x->here)
        f(each->value);
    visit(x->right.get(), matches, f);
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
    if (from == 0 && end == x.size())
      to.first += x.sum();
    else
      for (auto i = from; i < end; ++i)
        to.first += Summary(x[i]->value.second, x[i]->digest);
    to.second += end - from;
    return {from, end};
  }
};

} // namespace cafmesh
