#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/reachable.hpp>

namespace cafmesh {

/// A counter that every peer can increment and none can decrement. Each peer
/// has its own number, and the value of the counter is the sum of these
/// numbers. If two replicas have different numbers for a peer, a merge keeps
/// the greater one. Replicas that merged the same changes are equal, whatever
/// the order and number of the merges.
///
/// Its encoding is that of an example program of the Go library: a gob
/// `map[uint64]int`, or `map[string]int` for names of flavour `hash`. More than
/// 16,384 numbers are split into several such messages. Numbers below 1 are
/// ignored.
///
/// A counter keeps at most `limit` numbers, because any member can invent
/// peers. If there are more, it keeps the greatest numbers; if numbers are
/// equal, it prefers those of greater peer names. The choice does not depend on
/// the order of merges, so replicas with the same limit still agree, and the
/// value never falls. A peer whose number is left out counts from 0 again.
///
/// A counter has no outline (see replicated.hpp), so periodic gossip carries
/// the whole counter, some 10 bytes for each peer that has counted. Nothing
/// removes numbers, so the limit is low to keep these costs low.
///
/// A restarted peer learns its old number from the others. Before that, it
/// counts from 0, so its increments are lost unless they exceed the old number.
///
/// Any member can raise any peer's number. By inventing peers, it can also
/// raise the sum to its maximum, after which increments change nothing. By
/// inventing as many peers as the limit, which takes some 500 KB, it can fill
/// the counter and displace all smaller numbers. Then `increment` returns
/// errc::too_large for a peer without a number, unless `by` is large enough.
/// Nothing undoes this, because replicas agree only if numbers never fall. So a
/// counter is for members that are trusted to count.
///
/// Numbers that honest peers cannot have reached are ignored (see `set_date`),
/// so nobody can raise a number so far that its peer can no longer count. The
/// greatest number that is not ignored is above 2^57 and rises by 2^30 per
/// second. A peer must not count beyond it.
///
/// A plain value: threads may not use one object at the same time if one of
/// them changes it.
class grow_counter {
public:
  /// The name of the type and of its encoding in files. A file in which a
  /// different name is stored is refused.
  static constexpr std::string_view stored_as = "grow_counter 1";
  using count_map = std::map<peer_name, std::int64_t>;

  /// The maximum rate, averaged since 2020, at which an honest peer raises its
  /// number.
  static constexpr std::uint64_t max_growth_per_second = 1u << 30;

  /// The default limit: a full counter takes some 10 MB of memory.
  static constexpr std::size_t default_limit = 64 * 1024;

  /// @param flavour the flavour of all peer names in the counter.
  /// @param limit the maximum number of peers that have a number. All replicas
  ///        need the same limit. Zero counts as 1.
  explicit grow_counter(name_flavour flavour = name_flavour::mac,
                        std::size_t limit = default_limit)
      : flavour_(flavour), limit_(limit > 0 ? limit : 1) {
  }

  // -- reading

  /// The sum of all numbers, at most INT64_MAX.
  std::int64_t value() const noexcept;
  /// The number of one peer; 0 if it has none.
  std::int64_t count_of(peer_name who) const;
  /// The number of each peer that has one; all are above 0.
  const count_map& counts() const noexcept {
    return counts_;
  }
  /// Whether the number of peers that have a number has reached the limit.
  bool is_full() const noexcept {
    return counts_.size() >= limit_;
  }
  /// Roughly the memory that the counter takes, in bytes.
  std::size_t memory() const noexcept {
    constexpr std::size_t cost = 160; // per number
    return counts_.size() * cost;
  }
  /// How many numbers `merge` has ignored because the counter was full.
  std::uint64_t refused() const noexcept {
    return refused_;
  }

  // -- changing

  /// Computes the change that adds `by` to the number of `who`. The change
  /// takes effect once it is merged. A number stops at INT64_MAX.
  /// @returns errc::bad_peer_name if `who` is unknown or of a different
  ///          flavour; errc::too_large if the counter is full, has no number
  ///          for `who`, and has only numbers greater than the new one.
  caf::expected<grow_counter> increment(peer_name who,
                                        std::uint64_t by = 1) const;

  /// Adopts the numbers of `other` that are greater than ours.
  /// @pre `other` has the same flavour
  /// @returns the adopted numbers; nullopt if there were none.
  std::optional<grow_counter> merge(const grow_counter& other);

  /// Sets the date, which limits the numbers that `decode` accepts to
  /// `reachable(now, max_growth_per_second)`.
  void set_date(wall_time now) noexcept {
    date_ = now;
  }

  /// Whether `decode` would leave out a number of this counter on this date.
  bool is_ahead_of(wall_time now) const noexcept;

  // -- bytes

  /// The counter as messages of less than 1 MiB each, which may be decoded in
  /// any order. An empty counter has none.
  std::vector<payload> encode() const;

  /// The message that asks other peers for their state: an empty map, which
  /// changes nothing at Go peers.
  payload question() const;

  /// Decodes one message of a counter of the same flavour. Leaves out numbers
  /// below 1 or above the limit of `set_date`. Takes no more memory than a full
  /// counter, whatever the message contains. Bytes after the numbers are
  /// ignored, as in Go.
  /// @returns errc::malformed or errc::bad_peer_name. Names of the other
  ///          flavour are an error too.
  caf::expected<grow_counter> decode(byte_view input) const;
  /// Decodes one message, and also counts the bytes after the numbers.
  /// @param surplus receives the number of these bytes, which are ignored;
  ///        unchanged if the result is an error.
  caf::expected<grow_counter> decode(byte_view input,
                                     std::size_t& surplus) const;

  friend bool operator==(const grow_counter& x, const grow_counter& y) {
    return x.flavour_ == y.flavour_ && x.counts_ == y.counts_;
  }

private:
  using rank = std::pair<std::int64_t, peer_name>; // the lowest rank is dropped

  bool has_room_for(const rank& x) const;
  bool adopt(peer_name who, std::int64_t number);

  name_flavour flavour_;
  std::size_t limit_;
  std::uint64_t refused_ = 0;
  count_map counts_;     // all above zero
  std::set<rank> ranks_; // the same numbers if the counter is full, else empty
  wall_time date_ = earliest_wall_time;
};

} // namespace cafmesh
