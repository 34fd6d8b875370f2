#pragma once

#include <cstdint>
#include <map>

namespace cafmesh {

/// A set of numbers, stored as ranges of consecutive numbers.
class number_ranges {
public:
  using range_map = std::map<std::uint64_t, std::uint64_t>;

  bool contains(std::uint64_t x) const;
  bool empty() const noexcept {
    return ranges_.empty();
  }
  /// The greatest number; 0 if the set is empty.
  std::uint64_t last() const noexcept {
    return ranges_.empty() ? 0 : ranges_.rbegin()->second;
  }
  /// Maps each range's first number to its last number. No two ranges touch.
  const range_map& ranges() const noexcept {
    return ranges_;
  }

  /// Adds the numbers from `first` to `last`.
  /// @pre `0 < first <= last < UINT64_MAX`
  void insert(std::uint64_t first, std::uint64_t last);
  void insert(std::uint64_t x) {
    insert(x, x);
  }
  void insert(const number_ranges& other);

  number_ranges without(const number_ranges& other) const;

  friend bool operator==(const number_ranges& x, const number_ranges& y) {
    return x.ranges_ == y.ranges_;
  }

private:
  range_map ranges_;
};

} // namespace cafmesh
