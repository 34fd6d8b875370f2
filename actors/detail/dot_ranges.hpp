#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/detail/set_dot.hpp>

namespace cafmesh {

/// Dots of an `observed_remove_set`, stored as ranges of consecutive numbers.
/// Copies share memory, so making a copy takes constant time. A change takes
/// O(log n) in the number of ranges, and so does a summary.
class dot_ranges {
public:
  /// The numbers from the first one (the map's key) to `last`.
  struct range {
    std::uint64_t last = 0;
    bool has_digest = false;
  };
  struct summary_type {
    struct digest {
      fingerprint content;
    };
    summary_type() = default;
    summary_type(const range& x, const digest& of)
        : without_digest(x.has_digest ? 0 : 1), greatest(x.last) {
      if (x.has_digest)
        content = of.content;
    }
    summary_type& operator+=(const summary_type& x) {
      content += x.content;
      without_digest += x.without_digest;
      greatest = std::max(greatest, x.greatest);
      return *this;
    }
    summary_type& operator-=(const summary_type& x) {
      content -= x.content;
      without_digest -= x.without_digest;
      return *this;
    }
    void clear_bounds() {
      greatest = 0;
    }
    void widen_bounds(const range& x) {
      greatest = std::max(greatest, x.last);
    }
    static digest digest_of(const set_dot& first, const range& x);

    digest_sum content;
    std::size_t without_digest = 0;
    std::uint64_t greatest = 0; // number
  };
  using range_map = persistent_map<range, summary_type, set_dot>;
  using number_pair = std::pair<std::uint64_t, std::uint64_t>;

  dot_ranges() = default;
  /// Returns an empty set that computes no digests in advance, for dots that
  /// are seldom summarised.
  static dot_ranges without_digests() {
    dot_ranges result;
    result.most_without_digest_ = SIZE_MAX;
    return result;
  }

  /// The ranges by their first dots. No two ranges touch.
  const range_map& all() const noexcept {
    return ranges_;
  }
  bool empty() const noexcept {
    return ranges_.empty();
  }
  std::size_t size() const noexcept {
    return ranges_.size();
  }
  bool contains(set_dot x) const noexcept {
    return range_at(x) != nullptr;
  }
  /// The range that contains a dot; null if there is none. Valid until this
  /// object changes.
  const range_map::value_type* range_at(set_dot x) const noexcept;
  /// The greatest number of all; 0 if there is none.
  std::uint64_t greatest() const {
    return ranges_.summary().greatest;
  }
  /// The greatest number of a peer's run; 0 if there is none.
  std::uint64_t last_of(peer_uid who) const noexcept;
  /// The numbers from `first` to `last` that are absent, as ranges.
  std::vector<number_pair> gaps(peer_uid who, std::uint64_t first,
                                std::uint64_t last) const;
  /// The sum and the number of the ranges from `first` up to `end`, or of all
  /// from `first` on if there is no `end`. Of a range that is partly outside,
  /// only the inner part counts.
  std::pair<digest_sum, std::size_t>
  summary(set_dot first, const std::optional<set_dot>& end) const;

  /// Adds the numbers from `first` to `last`.
  /// @pre `0 < first <= last < 2^63`
  void insert(peer_uid who, std::uint64_t first, std::uint64_t last);
  /// Adds several ranges, each as its first dot and its last number. Takes O(n)
  /// if no dots of these peers are present.
  /// @pre the ranges ascend, and no two touch
  void insert(const std::vector<std::pair<set_dot, std::uint64_t>>& xs);
  /// Removes the range that begins with `first`.
  void erase(set_dot first) {
    ranges_.erase(first);
  }

  friend bool operator==(const dot_ranges& x, const dot_ranges& y);

private:
  using bound = std::optional<set_dot>;

  digest_sum digests_between(set_dot first, const bound& end) const;
  std::vector<range_map::value_type> waiting() const;
  void add_digests();

  range_map ranges_;
  // The maximum number of ranges that wait for their digests. A peer that adds
  // elements extends its last range each time, so most digests would be wasted
  // if each were computed immediately.
  std::size_t most_without_digest_ = 32;
};

} // namespace cafmesh
