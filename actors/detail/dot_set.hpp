#pragma once

#include <cstddef>
#include <iterator>

#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/detail/set_dot.hpp>

namespace cafmesh {

/// The dots of an element, ascending. Usually there is one, which takes no
/// extra memory. Copies share memory. A change takes O(log n).
class dot_set {
  struct nothing {};
  using dot_map = persistent_map<nothing, no_summary, set_dot>;

public:
  /// An iterator. A change of the dots makes it invalid.
  class const_iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = set_dot;
    using difference_type = std::ptrdiff_t;
    using pointer = const set_dot*;
    using reference = const set_dot&;

    reference operator*() const noexcept {
      return first_ ? *first_ : others_->first;
    }
    pointer operator->() const noexcept {
      return &**this;
    }
    const_iterator& operator++() {
      if (first_)
        first_ = nullptr;
      else
        ++others_;
      return *this;
    }
    const_iterator operator++(int) {
      auto result = *this;
      ++*this;
      return result;
    }
    friend bool operator==(const const_iterator& x, const const_iterator& y) {
      return x.first_ == y.first_ && x.others_ == y.others_;
    }
    friend bool operator!=(const const_iterator& x, const const_iterator& y) {
      return !(x == y);
    }

  private:
    friend class dot_set;
    const set_dot* first_ = nullptr; // null once it has been passed
    dot_map::const_iterator others_;
  };

  bool empty() const noexcept {
    return first_ == set_dot{};
  }
  std::size_t size() const noexcept {
    return (empty() ? 0 : 1) + others_.size();
  }
  const_iterator begin() const {
    const_iterator result;
    result.first_ = empty() ? nullptr : &first_;
    result.others_ = others_.begin();
    return result;
  }
  const_iterator end() const noexcept {
    return {};
  }

  /// @pre `x` is not `set_dot{}`
  void insert(set_dot x) {
    if (empty() || x == first_) {
      first_ = x;
    } else if (x < first_) {
      others_.set(first_, {});
      first_ = x;
    } else {
      others_.set(x, {});
    }
  }
  void erase(set_dot x) {
    if (!(x == first_))
      return others_.erase(x);
    first_ = others_.empty() ? set_dot{} : others_.begin()->first;
    others_.erase(first_);
  }

  friend bool operator==(const dot_set& x, const dot_set& y) {
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin());
  }

private:
  set_dot first_;
  dot_map others_; // all greater than `first_`
};

} // namespace cafmesh
