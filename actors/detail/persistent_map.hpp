#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cafmesh/detail/persistent_reading.hpp>
#include <cafmesh/detail/persistent_tree.hpp>

namespace cafmesh {

/// The summary for a map that needs none.
struct no_summary {
  struct digest {};
  no_summary() = default;
  template <class T>
  no_summary(const T&, digest) {
  }
  no_summary& operator+=(const no_summary&) {
    return *this;
  }
  no_summary& operator-=(const no_summary&) {
    return *this;
  }
  void clear_bounds() {
  }
  template <class T>
  void widen_bounds(const T&) {
  }
  template <class Key, class T>
  static digest digest_of(const Key&, const T&) {
    return {};
  }
};

/// A map with ascending keys. Copies share memory, so making a copy takes
/// constant time. A change touches O(log n) nodes, and copies those that other
/// maps still use. It copies no keys and values, because maps share these, too.
/// If there is no memory for a change, the map stays as it was. Threads may use
/// different copies at the same time.
///
/// Each subtree has a Summary of its items, so summarising a range of keys
/// takes O(log n). The type Summary needs:
/// - `Summary{}`, the summary of no items;
/// - `Summary(value, digest)`, the summary of one item;
/// - `x += y`, which combines two summaries and must be associative and
///   commutative;
/// - `x -= y`, which takes back `x += y`, but may leave bounds, such as a
///   greatest value, too wide;
/// - `x.clear_bounds()`, then `x.widen_bounds(value)` for each item, which make
///   the bounds right;
/// - `Summary::digest_of(key, value)`, which is called once for each item.
///
/// A Key that is not a string should be small, and needs `==` and `<`. `Key{}`
/// must be the least key.
template <class T, class Summary, class Key = std::string>
class persistent_map {
  using tree = persistent_tree<T, Summary, Key>;
  using reading = persistent_reading<T, Summary, Key>;
  using items = typename tree::items;
  using news = typename tree::news;
  using node = typename tree::node;
  using node_ptr = typename tree::node_ptr;

public:
  using key_view = typename items::key_view;
  using value_type = typename items::value_type;
  using digest_type = typename items::digest_type;

  /// An iterator. A change of the map makes it invalid.
  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = persistent_map::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    reference operator*() const noexcept {
      return item()->value;
    }
    pointer operator->() const noexcept {
      return &item()->value;
    }
    const digest_type& digest() const noexcept {
      return item()->digest;
    }
    const_iterator& operator++() {
      if (++at_ < path_.back()->here->size())
        return *this;
      at_ = 0;
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
      return x.top() == y.top() && x.at_ == y.at_;
    }
    friend bool operator!=(const const_iterator& x, const const_iterator& y) {
      return !(x == y);
    }

  private:
    friend class persistent_map;
    const node* top() const noexcept {
      return path_.empty() ? nullptr : path_.back();
    }
    const typename items::item_ptr& item() const noexcept {
      return (*path_.back()->here)[at_];
    }
    // A stack: the current item's node, and below it the nodes to visit later.
    std::vector<const node*> path_;
    std::size_t at_ = 0; // the item's position in its node
  };

  // -- reading

  bool empty() const noexcept {
    return !root_;
  }
  std::size_t size() const noexcept {
    return tree::size_of(root_);
  }
  const_iterator begin() const {
    return lower_bound({});
  }
  const_iterator end() const noexcept {
    return {};
  }
  const_iterator lower_bound(key_view key) const {
    const_iterator result;
    for (auto* x = root_.get(); x;) {
      if (x->is_before(key)) {
        x = x->right.get();
        continue;
      }
      result.path_.push_back(x);
      result.at_ = x->here->lower_bound(key);
      if (result.at_ > 0)
        break;
      x = x->left.get();
    }
    return result;
  }
  /// The value of a key; null if it is absent. Valid until the map changes.
  const T* find(key_view key) const noexcept {
    for (auto* x = root_.get(); x;) {
      if (x->is_behind(key)) {
        x = x->left.get();
      } else if (x->is_before(key)) {
        x = x->right.get();
      } else {
        const auto at = x->here->lower_bound(key);
        return x->here->has(at, key) ? &(*x->here)[at]->value.second : nullptr;
      }
    }
    return nullptr;
  }
  /// The value of a key.
  /// @throws std::out_of_range if the key is absent
  const T& at(key_view key) const {
    if (const auto* x = find(key))
      return *x;
    throw std::out_of_range{"persistent_map::at"};
  }
  /// The last item whose key is less than `key`; null if there is none. Valid
  /// until the map changes.
  const value_type* last_before(key_view key) const noexcept {
    const value_type* result = nullptr;
    for (auto* x = root_.get(); x;) {
      const auto before = x->here->lower_bound(key);
      if (before > 0)
        result = &(*x->here)[before - 1]->value;
      x = (before == 0 ? x->left : x->right).get();
    }
    return result;
  }
  /// The item at a position in ascending order.
  /// @pre `position < size()`
  const value_type& nth(std::size_t position) const noexcept {
    auto* x = root_.get();
    for (;;) {
      const auto before = tree::size_of(x->left);
      const auto end = before + x->here->size();
      if (position >= before && position < end)
        return (*x->here)[position - before]->value;
      const bool is_left = position < before;
      position -= is_left ? 0 : end;
      x = (is_left ? x->left : x->right).get();
    }
  }

  /// The number of the items whose keys are less than `key`.
  std::size_t position(key_view key) const noexcept {
    return reading::position(root_.get(), key);
  }

  Summary summary() const {
    return root_ ? root_->sum : Summary{};
  }
  /// The summary and the number of the items with keys from `first` up to, but
  /// not including, `last`. Without `last`, those of all items from `first` on.
  std::pair<Summary, std::size_t> summary(key_view first,
                                          std::optional<key_view> last) const {
    std::pair<Summary, std::size_t> result;
    reading::add_range(root_.get(), first, last, result);
    return result;
  }

  /// Calls `f(item)` for each item, but skips a group of items if `matches`
  /// returns false for its summary.
  /// @pre if `matches` returns true for an item's own summary, it also returns
  ///        true for each group that contains the item
  template <class Matches, class F>
  void visit(const Matches& matches, F f) const {
    reading::visit(root_.get(), matches, f);
  }

  // -- changing

  /// New items for `merge`, in any order.
  class new_items {
  public:
    void add(key_view key, T x, const digest_type& digest) {
      items_.push_back({keep(key), std::move(x), digest});
    }
    std::size_t size() const noexcept {
      return items_.size();
    }

  private:
    friend class persistent_map;

    static Key keep(const Key& key) {
      return key;
    }

    // Copies a key into a buffer that never grows, so the copy never moves.
    std::string_view keep(std::string_view key) {
      constexpr std::size_t usual_size = 64 * 1024;
      if (keys_.empty()
          || keys_.back().capacity() - keys_.back().size() < key.size()) {
        keys_.emplace_back();
        keys_.back().reserve(std::max(usual_size, key.size()));
      }
      auto& chunk = keys_.back();
      chunk.append(key);
      return std::string_view{chunk}.substr(chunk.size() - key.size());
    }

    std::vector<typename news::new_item> items_;
    std::vector<std::string> keys_;
  };

  /// Adds n items in O(n log size()), or in O(n + log size()) if their keys
  /// ascend and are greater than all keys in the map. If several items have the
  /// same key, only one stays. Each later item replaces the earlier one if
  /// `wins(later, earlier)` is true. An item in the map is the earliest; the
  /// new items follow in the order in which they were added.
  template <class Wins>
  void merge(new_items xs, const Wins& wins) {
    std::vector<typename news::new_item*> order;
    order.reserve(xs.items_.size());
    for (auto& x : xs.items_)
      order.push_back(&x);
    auto end = news::leave_one_of_each(order, wins);
    auto next = root_; // so that no item is lost if there is no memory
    tree::merge(next, order.begin(), end, wins);
    root_ = std::move(next);
  }

  void set(key_view key, T x) {
    auto digest = Summary::digest_of(key, x);
    set(key, std::move(x), digest);
  }
  /// Sets a value without computing its digest.
  /// @param digest the item's digest, copied from another map.
  void set(key_view key, T x, const digest_type& digest) {
    tree::set(root_, items::make_item(key, std::move(x), digest));
  }
  /// Sets an item of another map, which then shares its memory with this one.
  void set(const const_iterator& x) {
    tree::set(root_, x.item());
  }
  /// Calls `f` on a copy of a value, or on `T{}` if the key is new, and sets
  /// the result.
  template <class F>
  void change(key_view key, const F& f) {
    const auto* there = find(key);
    auto x = there ? *there : T{};
    f(x);
    set(key, std::move(x));
  }
  void erase(key_view key) {
    if (find(key))
      tree::erase(root_, key);
  }

  friend bool operator==(const persistent_map& x, const persistent_map& y) {
    return x.root_ == y.root_
           || (x.size() == y.size()
               && std::equal(x.begin(), x.end(), y.begin()));
  }
  friend bool operator!=(const persistent_map& x, const persistent_map& y) {
    return !(x == y);
  }

private:
  node_ptr root_;
};

} // namespace cafmesh
