#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/crdt/outline.hpp"
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/digest_sum.hpp>

/// Range-based set reconciliation: finds the keys at which two replicas differ.
/// The replicas send each other summaries of ranges of keys. A range that
/// differs is divided until its items are few enough to be sent. Neither
/// replica keeps state between messages. So lost messages do no harm, and the
/// values can change in the middle of a comparison.
namespace cafmesh {

/// If the two replicas together have at most this number of items in a range,
/// the items are sent and the range is not divided.
constexpr std::size_t few_items = 64;

struct range_limits {
  std::size_t few = few_items;
  /// The items of a range are also sent if one replica has at least `ratio`
  /// times as many items in the range as the other replica.
  std::size_t ratio = SIZE_MAX;
};

/// A range in which the replicas differ is divided into this number of parts.
constexpr std::size_t parts_per_range = 16;

/// Once the keys in a reply take more than this number of bytes, one last part
/// covers all later keys. The other half of `max_outline_size` is room for the
/// last keys, and for counts and digests.
constexpr std::size_t most_key_bytes = max_outline_size / 2;

/// Returns a short key between two keys: greater than `before`, and not greater
/// than `next`.
inline std::string separator(std::string_view before, std::string_view next) {
  auto common = static_cast<std::size_t>(
    std::mismatch(before.begin(), before.end(), next.begin(), next.end()).first
    - before.begin());
  return std::string{next.substr(0, common + 1)};
}

inline fingerprint hash_of(const digest_sum& content) {
  return content.hash();
}
inline fingerprint hash_of(fingerprint content) {
  return content;
}

/// The number of the items from the key `first` up to, but not including,
/// `last`. Computes no digests, unlike a summary.
template <class Map>
std::size_t count_between(const Map& map, const std::string& first,
                          const std::optional<std::string>& last) {
  const auto begin = map.position(first);
  const auto end = last ? map.position(*last) : map.size();
  return std::max(begin, end) - begin;
}

/// The outline that begins a comparison: a single range with all items.
template <class Map>
outline outline_of_all(const Map& map, peer_name from) {
  const auto content = hash_of(map.summary().content);
  return {from, {{outline::kind::described, {}, map.size(), content}}};
}

/// Keys that divide a range into at most `most` parts with about equal numbers
/// of items.
/// @param count the number of items in the range
template <class Map>
std::vector<std::string> separators(const Map& map, const std::string& first,
                                    const std::optional<std::string>&,
                                    std::size_t count, std::size_t most) {
  std::vector<std::string> result;
  const auto begin = map.position(first);
  const auto parts = std::min(most, count);
  for (std::size_t i = 1; i < parts; ++i) {
    const auto at = begin + count * i / parts;
    result.push_back(separator(map.nth(at - 1).first, map.nth(at).first));
  }
  return result;
}

/// Compares another replica's outline with our items. Finds the items that the
/// other replica lacks, and makes the reply.
template <class Map>
class comparer {
public:
  comparer(const Map& map, peer_name self, range_limits limits = {})
      : map_(map), limits_(limits) {
    reply_.from = self;
  }

  comparison compare(const outline& theirs) {
    std::string first;
    for (const auto& x : theirs.parts) {
      if (!has_room()) {
        describe(first, theirs.parts.back().end);
        break;
      }
      compare(x, first);
      if (!x.end)
        break;
      first = *x.end;
    }
    result_.from = theirs.from;
    drop_end();
    if (!reply_.parts.empty())
      result_.reply = payload{encode(reply_)};
    return std::move(result_);
  }

private:
  void compare(const outline::part& theirs, const std::string& first) {
    if (theirs.what == outline::kind::equal)
      return append_part({outline::kind::equal, theirs.end, 0, {}});
    const auto count = count_between(map_, first, theirs.end);
    if (theirs.what == outline::kind::wanted)
      return offer(count, first, theirs.end);
    if (theirs.count == count
        && theirs.content
             == hash_of(map_.summary(first, theirs.end).first.content))
      return append_part({outline::kind::equal, theirs.end, 0, {}});
    const bool divides = is_worth_dividing(theirs.count, count);
    if (!divides && count > 0)
      add_missing(first, theirs.end);
    if (theirs.count == 0)
      return append_part({outline::kind::equal, theirs.end, 0, {}});
    if (!divides)
      return want(theirs.end);
    divide(first, theirs.end, count);
  }

  bool is_worth_dividing(std::uint64_t theirs, std::size_t mine) const {
    const auto less = std::min<std::uint64_t>(theirs, mine);
    const auto more = std::max<std::uint64_t>(theirs, mine);
    return less > 0 && theirs + mine > limits_.few
           && more / less < limits_.ratio;
  }

  void offer(std::size_t count, const std::string& first,
             const std::optional<std::string>& end) {
    if (count > 0)
      add_missing(first, end);
    append_part({outline::kind::equal, end, 0, {}});
  }

  void want(const std::optional<std::string>& end) {
    result_.asks = true;
    append_part({outline::kind::wanted, end, 0, {}});
  }

  void divide(std::string first, const std::optional<std::string>& end,
              std::size_t count) {
    for (auto& x : separators(map_, first, end, count, parts_per_range)) {
      if (size_ > most_key_bytes)
        break;
      describe(first, x);
      first = std::move(x);
    }
    describe(first, end);
  }

  void describe(const std::string& first,
                const std::optional<std::string>& end) {
    const auto [mine, count] = map_.summary(first, end);
    append_part({outline::kind::described, end, count, hash_of(mine.content)});
  }

  // Whether the reply has room for the parts of one more range, and for a last
  // part that covers all later keys.
  bool has_room() const {
    return reply_.parts.size() + parts_per_range < max_outline_parts
           && size_ <= most_key_bytes;
  }

  // Adjacent ranges become one, so that they travel in few messages.
  void add_missing(const std::string& first,
                   const std::optional<std::string>& end) {
    auto& all = result_.missing;
    if (!all.empty() && all.back().end == first)
      all.back().end = end;
    else
      all.push_back({first, end});
  }

  void append_part(outline::part x) {
    auto& parts = reply_.parts;
    if (x.what != outline::kind::described && !parts.empty()
        && parts.back().what == x.what)
      parts.pop_back();
    size_ += x.end ? x.end->size() : 0;
    parts.push_back(std::move(x));
  }

  // Drops equal ranges at the end of the reply, because they tell the receiver
  // nothing.
  void drop_end() {
    auto& parts = reply_.parts;
    while (!parts.empty() && parts.back().what == outline::kind::equal)
      parts.pop_back();
  }

  const Map& map_;
  range_limits limits_;
  outline reply_;
  comparison result_;
  std::size_t size_ = 0; // bytes of keys in the reply
};

} // namespace cafmesh
