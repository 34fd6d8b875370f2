#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <caf/expected.hpp>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/outline.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/check_salt.hpp>
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A message about one range of keys. It shows a difference that outlines hide:
/// a member can make up items for two replicas so that the sums of their
/// digests are the same. Each check has a new salt, which nobody could know
/// when the items were made, and a sum of digests that depend on the salt.
struct range_check {
  peer_name from;
  check_salt salt{};
  key_range range;
  std::uint64_t count = 0;
  fingerprint content; // as in an outline
  fingerprint salted;
};

/// The most items of a checked range, as each must be looked at.
constexpr std::size_t most_checked = 8 * 1024;

/// The first byte of a check. No other message begins with this byte.
constexpr std::uint8_t range_check_format = 3;

/// A check in bytes, with numbers and runs as in gob:
///
///     version   1 byte, 3
///     from      run, 6 or 16 bytes: the sender, flavour `mac` or `hash`
///     first     run, up to 4 KiB: the first key of the range
///     kind      1 byte: 0, or 128 if the range includes all later keys
///     end       run, up to 4 KiB: the first key after the range, greater than
///               `first`; absent if the range includes all later keys
///     count     number of items, 0 .. 2^63 - 1
///     content   16 bytes: the sum of the items' digests, big endian
///     salt      16 bytes
///     salted    16 bytes: the sum of SipHash-2-4 with 128 bits of the items'
///               digests, with the salt as key; numbers are big endian
bytes encode(const range_check& x);

/// @returns errc::malformed if the input is not a check.
caf::expected<range_check> decode_range_check(byte_view input);

/// The end of a range that begins with the item at position `begin` and has
/// `most` items.
template <class Map>
std::optional<std::string> end_of_part(const Map& map, std::size_t begin,
                                       std::size_t most) {
  const auto end = begin + most;
  if (end >= map.size())
    return std::nullopt;
  return separator(map.nth(end - 1).first, map.nth(end).first);
}

template <class Map>
std::optional<std::string> end_of_check(const Map& map,
                                        const std::string& first) {
  return end_of_part(map, map.summary({}, first).second, most_checked);
}

template <class Map>
fingerprint salted_sum(const Map& map, const check_salt& salt,
                       const key_range& range) {
  fingerprint result;
  const auto end = range.end ? map.lower_bound(*range.end) : map.end();
  for (auto i = map.lower_bound(range.first); i != end; ++i)
    result += salted(salt, i.digest().content);
  return result;
}

/// Makes a check of the items from the key `first` on, and moves `first` to
/// their end, or to the first key of all after the last.
template <class Map>
payload next_check(const Map& map, peer_name from, const check_salt& salt,
                   std::string& first) {
  range_check x;
  x.from = from;
  x.salt = salt;
  x.range = {first, end_of_check(map, first)};
  const auto [sum, count] = map.summary(x.range.first, x.range.end);
  x.count = count;
  x.content = sum.content;
  x.salted = salted_sum(map, salt, x.range);
  first = x.range.end.value_or(std::string{});
  return payload{encode(x)};
}

/// Compares a check with our items. If these differ although their sums are the
/// same, both replicas need all items of the range. Other differences are left
/// to outlines.
template <class Map>
comparison compare(const Map& map, const range_check& theirs, peer_name self) {
  comparison result;
  result.from = theirs.from;
  result.is_check = true;
  const auto& range = theirs.range;
  const auto [mine, count] = map.summary(range.first, range.end);
  if (count > most_checked || count != theirs.count
      || mine.content != theirs.content
      || salted_sum(map, theirs.salt, range) == theirs.salted)
    return result;
  outline reply{self, {}};
  if (!range.first.empty())
    reply.parts.push_back({outline::kind::equal, range.first, 0, {}});
  reply.parts.push_back({outline::kind::wanted, range.end, 0, {}});
  result.reply = payload{encode(reply)};
  result.missing.push_back(range);
  result.asks = true;
  return result;
}

} // namespace cafmesh
