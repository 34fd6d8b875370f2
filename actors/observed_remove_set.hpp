#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/detail/number_ranges.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/payload.hpp>

namespace cafmesh {

/// A set of texts that every peer adds to and removes from. A removal takes
/// away what its peer saw in the set: an addition that it had not seen, made at
/// the same time elsewhere, survives, and what was removed can be added again.
///
/// It is an observed-remove set without tombstones. Each addition has a number
/// of its own, (UID of the peer, 1, 2, 3 …), and each number one of three fates,
/// of which the later takes the place of the earlier wherever they meet:
/// unknown, in the set, removed. What is in the set is kept by number; all that
/// is known, removed numbers included, as ranges, so that the removed ones take
/// next to no room. So there is nothing to collect, and nothing that comes back
/// through a replica that was away, however long; what stays for ever is a
/// range of some 12 bytes for each life of a peer that has added something.
/// Replicas that merged the same changes, in whatever order and however often,
/// are equal.
class observed_remove_set {
public:
  static constexpr std::size_t max_element_size = 64 * 1024;

  /// An addition's number.
  struct dot {
    peer_uid who = peer_uid::none;
    std::uint64_t number = 0;

    friend bool operator<(const dot& x, const dot& y) noexcept {
      return x.who != y.who ? x.who < y.who : x.number < y.number;
    }
    friend bool operator==(const dot& x, const dot& y) noexcept {
      return x.who == y.who && x.number == y.number;
    }
  };
  /// Each element with the additions that keep it in.
  using element_map = std::map<std::string, std::set<dot>, std::less<>>;

  // -- reading

  bool contains(std::string_view element) const {
    return elements_.find(element) != elements_.end();
  }
  std::size_t size() const noexcept {
    return elements_.size();
  }
  const element_map& elements() const noexcept {
    return elements_;
  }

  // -- changing

  /// The change that adds an element, to be merged in before the same peer's
  /// next addition is made.
  /// @param who the peer in this life of it: names would not do, since a peer
  ///        that started afresh has forgotten how far it counted.
  /// @returns errc::too_large for an element over the limit, or when all
  ///          numbers are used up; unknown_peer for no UID.
  caf::expected<observed_remove_set> add(std::string_view element,
                                         peer_uid who) const;

  /// The change that removes an element; an empty one if it is not there.
  observed_remove_set remove(std::string_view element) const;

  /// Takes over each number's later fate.
  /// @returns just that, or nothing.
  std::optional<observed_remove_set> merge(const observed_remove_set& other);

  // -- bytes (see below)

  /// Messages of less than 1 MiB, in any order; none for a set that never had
  /// anything.
  std::vector<payload> encode() const;

  /// @returns errc::malformed, or too_large for what is over a limit.
  static caf::expected<observed_remove_set> decode(byte_view input);

  friend bool operator==(const observed_remove_set& x,
                         const observed_remove_set& y) {
    return x.lives_ == y.lives_;
  }

private:
  /// The numbers of one peer's life.
  struct life {
    number_ranges known;
    std::map<std::uint64_t, std::string> present; // of the known ones

    friend bool operator==(const life& x, const life& y) {
      return x.known == y.known && x.present == y.present;
    }
  };
  using life_map = std::map<peer_uid, life>;

  static payload encode_one(const life_map& xs);
  void put(dot x, const std::string& element);
  void drop(dot x);
  void merge_removals(peer_uid who, const life& theirs,
                      observed_remove_set& news);
  void merge_additions(peer_uid who, const life& theirs,
                       observed_remove_set& news);

  life_map lives_;
  element_map elements_; // the same by element
};

/// The bytes of a message, in numbers and runs as gob writes them (see
/// messages/wire/gob.hpp: a byte for what is below 128):
///
///     version     1 byte, 1
///     lives, up to the end of the message, UIDs ascending:
///       UID       number, not 0
///       count     of ranges, at least 1
///       ranges    each: gap, a number: how many unknown ones lie before it, at
///                 least 1 but for the first range; length - 1, a number
///       count     of present ones
///       present   each: number, as the distance from the one before (from 0);
///                 element, a run of up to 64 KiB
///
/// Numbers run from 1 to 2^63 - 1. What is known and not present is removed.
/// A set that needs several messages is cut by number, each with all that it
/// says of its numbers, so that each is a change of its own.
constexpr std::uint8_t observed_remove_set_format = 1;

} // namespace cafmesh
