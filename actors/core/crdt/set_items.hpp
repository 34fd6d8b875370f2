#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/crdt/range_check.hpp"
#include <cafmesh/observed_remove_set.hpp>

namespace cafmesh {

/// The items of an `observed_remove_set`, as `comparer` needs them: the present
/// dots, and the known dots as ranges of numbers. At the bounds of a range of
/// keys, ranges of numbers are cut. So two sets have the same items in a range
/// of keys if and only if they know the same of each of its dots.
class set_items {
public:
  struct range_summary {
    fingerprint content;
  };

  /// @param present and known must outlive this object
  set_items(const observed_remove_set::addition_map& present,
            const dot_ranges& known)
      : present_(present), known_(known) {
  }

  std::size_t size() const noexcept {
    return present_.size() + known_.size();
  }
  range_summary summary() const {
    return summary({}, {}).first;
  }
  /// The summary and the number of the items from the key `first` up to but not
  /// including `last`, or up to the end if `last` is nullopt.
  std::pair<range_summary, std::size_t>
  summary(std::string_view first, std::optional<std::string_view> last) const;

  /// Keys that divide a range into at most `most` parts, with about equal
  /// numbers of those items that are more: present dots or ranges of numbers.
  std::vector<std::string> separators(std::string_view first,
                                      std::optional<std::string_view> last,
                                      std::size_t most) const;

  /// The end of a range that begins with `first` and has about `most` items, at
  /// least half as many.
  std::optional<std::string> end_of(std::string_view first,
                                    std::size_t most) const;

  /// See range_check.hpp.
  fingerprint salted_sum(const check_salt& salt, const key_range& range) const;

private:
  const observed_remove_set::addition_map& present_;
  const dot_ranges& known_;
};

inline std::vector<std::string>
separators(const set_items& items, const std::string& first,
           const std::optional<std::string>& end, std::size_t,
           std::size_t most) {
  return items.separators(first, end, most);
}

inline std::optional<std::string> end_of_check(const set_items& items,
                                               const std::string& first) {
  return items.end_of(first, most_checked);
}

inline fingerprint salted_sum(const set_items& items, const check_salt& salt,
                              const key_range& range) {
  return items.salted_sum(salt, range);
}

} // namespace cafmesh
