#pragma once

#include <atomic>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/intrusive_ptr.hpp>

namespace cafmesh {

/// A map with ascending keys. Copies share memory, so making a copy takes
/// constant time. A change touches O(log n) nodes, and copies those that other
/// maps still use. Threads may use different copies at the same time.
///
/// Each subtree has a Summary of its items, so summarising a range of keys
/// takes O(log n). The type Summary needs:
/// - `Summary{}`, the summary of no items;
/// - `Summary(value, digest)`, the summary of one item;
/// - `x += y`, which combines two summaries and must be associative and
///   commutative;
/// - `Summary::digest_of(key, value)`, which is called once for each item.
template <class T, class Summary>
class persistent_map {
  struct node;
  using node_ptr = caf::intrusive_ptr<node>;

public:
  using value_type = std::pair<const std::string, T>;
  using digest_type =
    decltype(Summary::digest_of({}, std::declval<const T&>()));

  /// An iterator. A change of the map makes it invalid.
  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = persistent_map::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    reference operator*() const noexcept {
      return path_.back()->item;
    }
    pointer operator->() const noexcept {
      return &path_.back()->item;
    }
    const digest_type& digest() const noexcept {
      return path_.back()->digest;
    }
    const_iterator& operator++() {
      auto* x = path_.back()->right.get();
      path_.pop_back();
      for (; x; x = x->left.get())
        path_.push_back(x);
      return *this;
    }
    const_iterator operator++(int) {
      auto result = *this;
      ++*this;
      return result;
    }
    friend bool operator==(const const_iterator& x, const const_iterator& y) {
      return x.top() == y.top();
    }
    friend bool operator!=(const const_iterator& x, const const_iterator& y) {
      return x.top() != y.top();
    }

  private:
    friend class persistent_map;
    const node* top() const noexcept {
      return path_.empty() ? nullptr : path_.back();
    }
    // A stack: the current item's node, and below it the nodes to visit later.
    std::vector<const node*> path_;
  };

  // -- reading

  bool empty() const noexcept {
    return !root_;
  }
  std::size_t size() const noexcept {
    return size_of(root_);
  }
  const_iterator begin() const {
    return lower_bound({});
  }
  const_iterator end() const noexcept {
    return {};
  }
  /// The first item whose key is not less than `key`.
  const_iterator lower_bound(std::string_view key) const {
    const_iterator result;
    for (auto* x = root_.get(); x;)
      if (x->item.first < key) {
        x = x->right.get();
      } else {
        result.path_.push_back(x);
        x = x->left.get();
      }
    return result;
  }
  /// The value of a key; null if it is absent. Valid until the map changes.
  const T* find(std::string_view key) const noexcept {
    for (auto* x = root_.get(); x;) {
      auto order = key.compare(x->item.first);
      if (order == 0)
        return &x->item.second;
      x = (order < 0 ? x->left : x->right).get();
    }
    return nullptr;
  }
  /// The item at a position in ascending order.
  /// @pre `position < size()`
  const value_type& nth(std::size_t position) const noexcept {
    auto* x = root_.get();
    for (;;) {
      const auto before = size_of(x->left);
      if (position == before)
        return x->item;
      const bool is_left = position < before;
      position -= is_left ? 0 : before + 1;
      x = (is_left ? x->left : x->right).get();
    }
  }

  Summary summary() const {
    return root_ ? root_->sum : Summary{};
  }
  /// The summary and the number of the items with keys from `first` up to, but
  /// not including, `last`. Without `last`, those of all items from `first` on.
  std::pair<Summary, std::size_t>
  summary(std::string_view first, std::optional<std::string_view> last) const {
    std::pair<Summary, std::size_t> result;
    add_range(root_.get(), first, last, result);
    return result;
  }

  /// Calls `f(item)` for each item. Skips each subtree for whose summary
  /// `matches` returns false.
  /// @pre `matches` returns true for a subtree if it does so for any item in
  ///      the subtree
  template <class Matches, class F>
  void visit(const Matches& matches, F f) const {
    visit(root_.get(), matches, f);
  }

  // -- changing

  /// New items for `append`, in ascending order of their keys.
  class new_items {
  public:
    void add(std::string_view key, T x, const digest_type& digest) {
      nodes_.emplace_back(new node(key, std::move(x), digest), false);
    }

  private:
    friend class persistent_map;
    std::vector<node_ptr> nodes_;
  };

  /// Adds n items behind all others in O(n + log size()).
  /// @pre the keys of `xs` are greater than those of the map
  void append(new_items xs) {
    if (xs.nodes_.empty())
      return;
    auto next = xs.nodes_.begin() + 1;
    auto behind = build(next, xs.nodes_.size() - 1);
    join(root_, std::move(xs.nodes_.front()), std::move(behind));
  }

  void set(std::string_view key, T x) {
    auto digest = Summary::digest_of(key, x);
    set(key, std::move(x), digest);
  }
  /// Sets a value whose digest is known.
  /// @param digest the item's digest, copied from another map.
  void set(std::string_view key, T x, const digest_type& digest) {
    set(root_, key, std::move(x), digest);
  }
  void erase(std::string_view key) {
    if (find(key))
      erase(root_, key);
  }

private:
  struct node {
    node(std::string_view key, T x, const digest_type& of)
        : item(std::string{key}, std::move(x)), digest(of),
          sum(item.second, digest) {
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
  // as much as its sibling. Otherwise it is rotated: twice if its inner child
  // weighs at least `double_rotation` times as much as its outer child, else
  // once. Hirai and Yamamoto prove that 3 and 2 keep the tree balanced.
  static constexpr std::size_t most_unequal = 3;
  static constexpr std::size_t double_rotation = 2;

  static std::size_t size_of(const node_ptr& x) noexcept {
    return x ? x->size : 0;
  }
  static std::size_t weight(const node_ptr& x) noexcept {
    return size_of(x) + 1;
  }

  // Replaces a node that another map also uses with a copy for this map. A
  // reference count of 1 cannot grow meanwhile, because only the holder of a
  // reference can add another one.
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

  // Rotates a subtree: the root's child on side `Up` becomes the new root. No
  // other map may use the old root.
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

  static void set(node_ptr& x, std::string_view key, T value,
                  const digest_type& digest) {
    if (!x) {
      x = node_ptr{new node(key, std::move(value), digest), false};
      return;
    }
    own(x);
    auto order = key.compare(x->item.first);
    if (order == 0) {
      x->item.second = std::move(value);
      x->digest = digest;
    } else {
      set(order < 0 ? x->left : x->right, key, std::move(value), digest);
    }
    balance(x);
  }

  static void erase(node_ptr& x, std::string_view key) {
    auto order = key.compare(x->item.first);
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

  // Removes and returns the first node of a subtree that is not empty.
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

  // Makes a balanced subtree of the next `count` nodes.
  static node_ptr build(typename std::vector<node_ptr>::iterator& next,
                        std::size_t count) {
    if (count == 0)
      return nullptr;
    auto left = build(next, count / 2);
    auto x = std::move(*next++);
    x->left = std::move(left);
    x->right = build(next, count - count / 2 - 1);
    update(*x);
    return x;
  }

  // Adds the item in `middle`, and then those in `behind`, to a subtree.
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

  // Adds the items of a range to `to`. If `first` is absent, the range starts
  // at the beginning; if `last` is absent, it has no end.
  static void add_range(const node* x, std::optional<std::string_view> first,
                        std::optional<std::string_view> last,
                        std::pair<Summary, std::size_t>& to) {
    for (; x && (first || last);) {
      if (first && x->item.first < *first) {
        x = x->right.get();
      } else if (last && x->item.first >= *last) {
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

  node_ptr root_;
};

} // namespace cafmesh
