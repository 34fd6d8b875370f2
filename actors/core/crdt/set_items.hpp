#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cafmesh/observed_remove_set.hpp>

namespace cafmesh {

/// The items of an `observed_remove_set`, as `comparer` needs them: the present
/// dots, and the known dots as ranges of numbers. Ranges of numbers are cut at
/// the bounds of a range of keys. So two sets have the same items in a range of
/// keys if and only if each dot in it has the same state in both.
class set_items {
public:
  struct range_summary {
    digest_sum content;
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

  /// The number of the items. Computes no digests, unlike `summary`.
  std::size_t count_between(std::string_view first,
                            std::optional<std::string_view> last) const;

  /// Keys that divide a range into at most `most` parts, with about equal
  /// numbers of present dots or of ranges of numbers, whichever are more.
  std::vector<std::string> separators(std::string_view first,
                                      std::optional<std::string_view> last,
                                      std::size_t most) const;

private:
  const observed_remove_set::addition_map& present_;
  const dot_ranges& known_;
};

inline std::size_t count_between(const set_items& items,
                                 const std::string& first,
                                 const std::optional<std::string>& last) {
  return items.count_between(first, last);
}

inline std::vector<std::string>
separators(const set_items& items, const std::string& first,
           const std::optional<std::string>& end, std::size_t,
           std::size_t most) {
  return items.separators(first, end, most);
}

} // namespace cafmesh
