#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
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

  // Functions that change one item first `own` all nodes that they change, so
  // that nothing is lost if there is no memory. If nodes move, these functions
  // work on a copy.

  static void set(node_ptr& x, item_ptr y) {
    if (!x) {
      x = make_node(chunk::of(std::move(y)));
    } else if (!set_in_place(x, y)) {
      auto next = x;
      set_dividing(next, std::move(y));
      x = std::move(next);
    }
  }

  // Returns false if there is no room in the item's chunk.
  static bool set_in_place(node_ptr& x, item_ptr& y) {
    own(x);
    const auto key = items::key_of(y);
    if (x->left && x->is_behind(key)) {
      if (!set_in_place(x->left, y))
        return false;
    } else if (x->right && x->is_before(key)) {
      if (!set_in_place(x->right, y))
        return false;
    } else {
      const auto at = x->here->lower_bound(key);
      if (x->here->has(at, key))
        items::replace(x->here, at, std::move(y));
      else if (x->here->size() < items::most_in_chunk)
        items::insert(x->here, at, std::move(y));
      else
        return false;
    }
    update(*x);
    return true;
  }

  // Inserts an item whose chunk has no room for it.
  static void set_dividing(node_ptr& x, item_ptr y) {
    own(x);
    const auto key = items::key_of(y);
    if (x->left && x->is_behind(key))
      set_dividing(x->left, std::move(y));
    else if (x->right && x->is_before(key))
      set_dividing(x->right, std::move(y));
    else
      divide_here(*x, std::move(y));
    balance(x);
  }

  static void divide_here(node& x, item_ptr y) {
    const auto at = x.here->lower_bound(items::key_of(y));
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
    } else if (x->chunks == 1
               || chunk_at(*x, key).size() > items::least_in_chunk) {
      erase_in_place(x, key);
    } else {
      auto next = x;
      const auto few = take_chunk(next, key);
      for (const auto& each : *few)
        if (!(items::key_of(each) == key))
          set(next, each);
      x = std::move(next);
    }
  }

  static const chunk& chunk_at(const node& top, key_view key) noexcept {
    const auto* x = &top;
    for (;;) {
      if (x->is_behind(key))
        x = x->left.get();
      else if (x->is_before(key))
        x = x->right.get();
      else
        return *x->here;
    }
  }

  static void erase_in_place(node_ptr& x, key_view key) {
    own(x);
    if (x->is_behind(key))
      erase_in_place(x->left, key);
    else if (x->is_before(key))
      erase_in_place(x->right, key);
    else
      items::erase(x->here, x->here->lower_bound(key));
    update(*x);
  }

  // Removes and returns the chunk with a key.
  static chunk_ptr take_chunk(node_ptr& x, key_view key) {
    own(x);
    chunk_ptr result;
    if (x->is_behind(key)) {
      result = take_chunk(x->left, key);
    } else if (x->is_before(key)) {
      result = take_chunk(x->right, key);
    } else {
      result = x->here;
      remove_top(x);
    }
    if (x)
      balance(x);
    return result;
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
      return append(x, news::merged({}, first, end, wins), nullptr, nullptr);
    const auto [from, to] = own_part(*x, first, end);
    auto here = x->here;
    auto before = x->left, behind = x->right;
    x = nullptr; // so that the subtrees can change in place
    merge(before, first, from, wins);
    merge(behind, to, end, wins);
    if (from == to) {
      join(before, make_node(std::move(here)), std::move(behind));
    } else {
      const bool are_few =
        to - from < static_cast<std::ptrdiff_t>(here->size());
      auto sum = here->sum();
      auto xs = news::merged({here->begin(), here->end()}, from, to, wins,
                             are_few ? &sum : nullptr);
      append(before, std::move(xs), are_few ? &sum : nullptr,
             std::move(behind));
    }
    x = std::move(before);
  }

  // The new items whose keys lie between the two subtrees of a node.
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

  // Appends the items `xs`, and then the subtree `behind`, to a subtree.
  // @param rest the sum of `xs`, except for its bounds; null if unknown
  static void append(node_ptr& x, std::vector<item_ptr> xs, Summary* rest,
                     node_ptr behind) {
    const auto parts =
      (xs.size() + items::most_in_chunk - 1) / items::most_in_chunk;
    const auto at = [&](std::size_t part) {
      return xs.begin() + static_cast<std::ptrdiff_t>(xs.size() * part / parts);
    };
    for (std::size_t i = 0; i < parts; ++i) {
      const bool is_last = i + 1 == parts;
      const auto sum =
        rest && is_last ? *rest : items::sum_of(at(i), at(i + 1));
      if (rest && !is_last)
        *rest -= sum;
      join(x, make_node(chunk::of(at(i), at(i + 1), sum)),
           is_last ? std::move(behind) : nullptr);
    }
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
};

} // namespace cafmesh
