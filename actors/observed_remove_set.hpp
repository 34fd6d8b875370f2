#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/dot_ranges.hpp>
#include <cafmesh/detail/dot_set.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/detail/set_dot.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/reachable.hpp>

namespace cafmesh {

namespace wire {
class gob_cursor;
}

/// A set of strings to which every peer may add and from which every peer may
/// remove. A removal only affects additions that the removing peer has seen: a
/// concurrent addition survives. A removed element can be added again.
///
/// The set needs no tombstones. Each addition has a unique identifier, its dot:
/// the peer's UID, which is new in each run of the peer, and a number 1, 2, 3,
/// … For each dot, a replica is in one of three states: it does not know the
/// dot, it has the dot's element in the set, or it knows that the element was
/// removed. If two replicas have different states for a dot, a merge keeps the
/// state that comes later in this list. Known dots are stored as ranges of
/// numbers, so removed dots take almost no memory. Nothing expires, and a
/// replica that was cut off for any length of time brings no removed element
/// back. Each run of a peer that added elements leaves a range of some 12 bytes
/// for ever.
///
/// Any member can add any element and remove every element. It can also claim
/// that a peer's next additions were removed. The peer loses the additions that
/// it makes before it hears of the claim. But no member can keep a peer from
/// adding: dots with numbers that honest peers cannot have reached by now are
/// ignored (see `set_date`), and the next addition takes a number above all
/// accepted numbers.
///
/// A set takes at most `limit` bytes of memory, because any member can add
/// elements. A full set removes elements as before, but ignores additions and
/// counts them (see `refused`). Full replicas may therefore differ. Once
/// elements have been removed, the replicas agree again with the next exchange
/// of values.
///
/// Replicas that merged the same changes and are not full are equal, whatever
/// the order and number of the merges. Values are compared by fingerprints.
///
/// Copies share memory: a copy takes constant time, and a change takes O(log
/// n), however many copies exist. Threads may not use one object at the same
/// time if one of them changes it. They may use copies.
class observed_remove_set {
public:
  /// The name of the type and of its encoding in files. A file with another
  /// name is refused.
  static constexpr std::string_view stored_as = "observed_remove_set 1";
  static constexpr std::size_t max_element_size = 64 * 1024; ///< in bytes
  /// The maximum rate, averaged since 2020, at which an honest peer adds
  /// elements.
  static constexpr std::uint64_t max_additions_per_second = 1'000'000;
  static constexpr std::size_t default_limit = std::size_t{1} << 30;

  /// Identifies an addition by the UID of the peer's run, `who`, and a `number`
  /// that starts at 1 in each run.
  using dot = set_dot;
  /// For each element, the additions that keep it in the set.
  using element_map = persistent_map<dot_set, no_summary>;

  /// A summary of a range of additions. Internal.
  struct summary {
    summary() = default;
    summary(const std::string& element, fingerprint of)
        : content(of), size(element.size()) {
    }
    summary& operator+=(const summary& x) {
      content += x.content;
      size += x.size;
      return *this;
    }
    summary& operator-=(const summary& x) {
      content -= x.content;
      size -= x.size;
      return *this;
    }
    void clear_bounds() {
    }
    void widen_bounds(const std::string&) {
    }
    static fingerprint digest_of(dot x, std::string_view element);

    digest_sum content;
    std::size_t size = 0; ///< of the elements, in bytes
  };
  /// Additions whose elements are in the set.
  using addition_map = persistent_map<std::string, summary, dot>;

  observed_remove_set() = default;
  /// @param limit the memory limit in bytes, see above
  explicit observed_remove_set(std::size_t limit) : limit_(limit) {
  }

  // -- reading

  bool contains(std::string_view element) const {
    return elements_.find(element) != nullptr;
  }
  std::size_t size() const noexcept {
    return elements_.size();
  }
  /// The elements in ascending order, each with its dots. A range with begin,
  /// end, size, empty, lower_bound(element), and find(element), which returns a
  /// pointer to the dots.
  const element_map& elements() const noexcept {
    return elements_;
  }
  /// Roughly the memory that the set takes without its copies, in bytes.
  std::size_t memory() const noexcept;
  std::size_t limit() const noexcept {
    return limit_;
  }
  /// Whether there is no room for another element of 64 bytes.
  bool is_full() const noexcept;
  /// How many additions, and ranges of removed additions, `merge` has ignored
  /// for lack of room.
  std::uint64_t refused() const noexcept {
    return refused_;
  }

  // -- changing

  /// Computes the change that adds an element. Merge the change before the same
  /// peer computes its next addition.
  /// @param who the UID of the peer's present run, not its name, because a
  ///        restarted peer has forgotten its last number.
  /// @returns errc::too_large if the element exceeds its limit, or if the set
  ///          is full and does not contain it; errc::unknown_peer if `who` is
  ///          `peer_uid::none`. The change is empty if the set is full and
  ///          already contains the element.
  caf::expected<observed_remove_set> add(std::string_view element,
                                         peer_uid who) const;

  /// Computes the change that removes an element. The change is empty if the
  /// element is not in the set.
  observed_remove_set remove(std::string_view element) const;

  /// Adopts the additions and removals of `other` that are new to this set. A
  /// full set adopts the removals only.
  /// @returns what was adopted, or nullopt if nothing was new
  std::optional<observed_remove_set> merge(const observed_remove_set& other);

  /// Sets the date, which limits the numbers that `decode` accepts to
  /// `reachable(now, max_additions_per_second)`. Drops dots with numbers above
  /// this limit. There are such dots only if an earlier call gave a later date.
  void set_date(wall_time now);

  /// Whether `decode` would leave out an addition of this set on this date.
  bool is_ahead_of(wall_time now) const;

  // -- bytes, in the format described below

  /// The set as messages of less than 1 MiB each, which may be decoded in any
  /// order. Returns no messages if nothing was ever added to the set.
  std::vector<payload> encode() const;

  /// Decodes one message, leaving out dots whose numbers honest peers cannot
  /// have reached.
  /// @returns errc::malformed; errc::too_large if the message, its number of
  ///          ranges or elements, or an element exceeds its limit.
  caf::expected<observed_remove_set> decode(byte_view input) const;

  /// Decodes and merges one message that this replica has stored, even if the
  /// set is full. The errors are those of `decode`.
  caf::error load(byte_view input);

  // -- exchange between replicas, see replicated.hpp

  /// Roughly the size of the encoded set in bytes.
  std::size_t bytes_of_content() const noexcept;

  /// A message of some 50 bytes that describes the set to other replicas.
  /// @param from the name of the sender; must not be the unknown peer
  payload outline(peer_name from) const;

  static bool is_outline(byte_view message) noexcept;

  /// Finds what this replica and the sender of an outline need from each other.
  /// Takes O(log n) for each range of dots in the outline. The keys in an
  /// outline are dots, see the format below.
  /// @param self the name of this peer
  /// @returns errc::malformed if `outline` is not an outline.
  caf::expected<comparison> compare(byte_view outline, peer_name self) const;

  /// Returns the next message about the dots of a range, in the format of
  /// `encode`, and removes these dots from `x`. The message is empty if the
  /// range has no more known dots. It has at most 64 KiB, or some bytes more if
  /// it contains a single element.
  payload take_part(key_range& x) const;

  friend bool operator==(const observed_remove_set& x,
                         const observed_remove_set& y);

private:
  // Changes have no memory limit. The limit applies to the set into which they
  // are merged.
  static constexpr std::size_t unlimited = SIZE_MAX;
  static observed_remove_set empty_change();

  using number_pair = dot_ranges::number_pair;
  struct message_limits;
  struct read_limits;

  bool has_room_for(std::size_t size) const noexcept;
  payload next_message(dot& from, const std::optional<dot>& end,
                       const message_limits& limits) const;
  caf::error read_peer(wire::gob_cursor& in, peer_uid who, std::uint64_t limit,
                       read_limits& limits);
  void learn(dot x) {
    known_.insert(x.who, x.number, x.number);
  }
  void put(dot x, std::string_view element, fingerprint digest);
  void put(const addition_map::const_iterator& addition);
  void drop(dot x);
  void forget_forged(dot first, std::uint64_t last, std::uint64_t limit);
  void merge_removals(const observed_remove_set& other,
                      observed_remove_set& news);
  bool merge_addition(const addition_map::const_iterator& addition,
                      observed_remove_set& news);
  void leave_out_strays(peer_uid who, std::vector<number_pair>& fresh,
                        const observed_remove_set& other);

  std::size_t limit_ = default_limit;
  std::uint64_t refused_ = 0;
  dot_ranges known_;     // the dots of all additions, even removed ones
  addition_map present_; // the additions that were not removed
  element_map elements_; // the same additions by element
  wall_time date_ = earliest_wall_time;
};

/// The version of the message format. Numbers and byte strings are encoded as
/// in gob (messages/wire/gob.hpp). A number below 128 takes one byte. A byte
/// string is a length and that many bytes.
///
///     version     1 byte, 1
///     the runs of peers, up to the end of the message, UIDs ascending:
///       UID       number, not 0
///       count     of ranges, at least 1
///       ranges    each: gap, the count of unknown dots before the range, at
///                 least 1 except for the first range; length - 1
///       count     of present dots
///       present   each: the distance from the dot before, at first from 0;
///                 element, a string of up to 64 KiB
///
/// The numbers of dots run from 1 to 2^63 - 1. If a range ends above the limit
/// of observed_remove_set::set_date, it is ignored except for its present dots
/// up to the limit. A known dot that is not present is removed. If a set needs
/// several messages, each says everything about the dots that it contains, so
/// that it can be merged on its own.
///
/// In outlines (see observed_remove_set::outline), the keys are dots: the UID
/// and the number, each as 8 bytes, big endian. Zeros at the end may be left
/// out. The items of a range are its present dots, and its known dots as ranges
/// of numbers, as few as possible. An item's digest is that of these bytes:
///
///     range     1 byte, 0; UID; first and last number: 8 bytes each, big
///               endian
///     present   1 byte, 1; UID; number: 8 bytes each, big endian; element
constexpr std::uint8_t observed_remove_set_format = 1;

} // namespace cafmesh
