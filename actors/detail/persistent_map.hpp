#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cafmesh/detail/persistent_tree.hpp>

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
  using tree = persistent_tree<T, Summary>;
  using node = typename tree::node;
  using node_ptr = typename tree::node_ptr;

public:
  using value_type = typename tree::value_type;
  using digest_type = typename tree::digest_type;

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
    return tree::size_of(root_);
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
      const auto before = tree::size_of(x->left);
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
    tree::add_range(root_.get(), first, last, result);
    return result;
  }

  /// Calls `f(item)` for each item, but skips a subtree if `matches` returns
  /// false for its summary.
  /// @pre if `matches` returns true for an item's own summary, it also returns
  ///        true for each subtree that contains the item
  template <class Matches, class F>
  void visit(const Matches& matches, F f) const {
    tree::visit(root_.get(), matches, f);
  }

  // -- changing

  /// New items for `merge`, in any order.
  class new_items {
  public:
    void add(std::string_view key, T x, const digest_type& digest) {
      items_.push_back({keep(key), std::move(x), digest});
    }
    std::size_t size() const noexcept {
      return items_.size();
    }

  private:
    friend class persistent_map;

    // Copies a key into a chunk, which does not grow and so does not move.
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

    std::vector<typename tree::new_item> items_;
    std::vector<std::string> keys_;
  };

  /// Adds n items in O(n log size()), or in O(n + log size()) if their keys
  /// ascend and are greater than all keys in the map. If several items have the
  /// same key, only one stays. Each later item replaces the earlier one if
  /// `wins(later, earlier)` is true. An item in the map is the earliest; the
  /// new items follow in the order in which they were added.
  template <class Wins>
  void merge(new_items xs, const Wins& wins) {
    std::vector<typename tree::new_item*> order;
    order.reserve(xs.items_.size());
    for (auto& x : xs.items_)
      order.push_back(&x);
    auto end = tree::leave_one_of_each(order, wins);
    tree::merge(root_, order.begin(), end, wins);
  }

  void set(std::string_view key, T x) {
    auto digest = Summary::digest_of(key, x);
    set(key, std::move(x), digest);
  }
  /// Sets a value without computing its digest.
  /// @param digest the item's digest, copied from another map.
  void set(std::string_view key, T x, const digest_type& digest) {
    tree::set(root_, key, std::move(x), digest);
  }
  void erase(std::string_view key) {
    if (find(key))
      tree::erase(root_, key);
  }

private:
  node_ptr root_;
};

} // namespace cafmesh
