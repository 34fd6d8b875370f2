#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/packed_bytes.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/reachable.hpp>

namespace cafmesh {

/// A key-value store in which the last writer wins. Each entry has an owner,
/// the peer that wrote it, and a logical clock, which is greater than every
/// clock that the map held when the entry was written. If two entries have the
/// same key, all replicas keep the one with the greater clock. If the clocks
/// are equal, the entry with the greater owner name wins. If the owners are
/// equal too, a deleted entry wins. Otherwise, the entry with the greater value
/// wins.
///
/// A deleted entry leaves a tombstone, which removes older values of its key
/// from every replica that merges it. A tombstone is dropped when it is older
/// than the retention, which the constructor sets. Tombstones carry their age,
/// so that peers need no common clock. The age does not include time on the
/// wire. A replica that has no entry of the key accepts a tombstone only in the
/// first three quarters of the retention. Otherwise a replica that has dropped
/// the tombstone could accept a late copy of it as new. As a consequence:
/// - Replicas that merged the same changes agree, whatever the order and number
///   of the merges, and deleted entries stay deleted. This holds while every
///   absence of a replica is shorter than three quarters of the retention, and
///   every message arrives within a quarter of it.
/// - A replica that was cut off for longer still has entries that were deleted
///   in the meantime, and the others accept them as new when it returns. Start
///   it empty instead, or choose a longer retention.
///
/// All replicas need the same retention. A restarted peer writes with low
/// clocks until it has merged the others' state, so its first entries may lose.
///
/// Any member can write and delete any entry, in any owner's name, but none can
/// keep the others from writing. Clocks that honest peers cannot have reached
/// by the present date are ignored (see `set_date`), and the next writer takes
/// a greater clock than the greatest one accepted. If a member has forged the
/// greatest clock that is accepted, entries written within a second of the
/// forgery are delayed by some 3 s. A peer whose date is too early ignores
/// entries with clocks beyond its own limit. Once its date is right, periodic
/// gossip brings it these entries.
///
/// A map takes at most `limit` bytes of memory, because any member can add
/// entries. A full map deletes and replaces entries as before, but ignores
/// those that would take more memory, and counts them (see `refused`). Full
/// replicas may therefore differ. When entries have been deleted and their
/// tombstones have expired, there is room again, and the next exchange of
/// values makes the replicas agree.
///
/// A plain value whose copies share memory: a copy takes constant time, a
/// change O(log n), however many copies exist. Threads may not use one object
/// at the same time if one of them changes it; they may use copies.
class lww_map {
public:
  /// The name of the type and of its encoding in files. A file in which a
  /// different name is stored is refused.
  static constexpr std::string_view stored_as = "lww_map 1";
  static constexpr std::size_t max_key_size = 4 * 1024;      ///< in bytes
  static constexpr std::size_t max_value_size = 1024 * 1024; ///< in bytes
  /// A hundred years; a longer retention is reduced to this.
  static constexpr std::chrono::hours max_retention{24 * 36'525};
  /// The maximum rate, averaged since 2020, at which honest peers raise clocks.
  static constexpr std::uint64_t max_writes_per_second = 1'000'000;
  static constexpr std::size_t default_limit = std::size_t{1} << 30;

  struct entry {
    packed_bytes value; ///< empty if deleted
    bool deleted = false;
    peer_name owner;
    std::uint64_t clock = 0;
    instant deleted_at; ///< in the map's own time, see `advance`
  };

  /// A summary of a range of entries. Not for direct use.
  struct summary {
    struct digest {
      fingerprint content;
      std::size_t size = 0; // of key and value, in bytes
    };
    summary() = default;
    summary(const entry& x, const digest& of);
    summary& operator+=(const summary& x);
    summary& operator-=(const summary& x);
    void clear_bounds();
    void widen_bounds(const entry& x);
    static digest digest_of(std::string_view key, const entry& x);

    digest_sum content; ///< computed without tombstones' ages
    std::size_t tombstones = 0;
    std::size_t size = 0;            ///< of keys and values, in bytes
    instant oldest = instant::max(); ///< deletion time of the oldest tombstone
    std::uint64_t clock = 0;         ///< the greatest clock
  };
  using entry_map = persistent_map<entry, summary>;

  /// @param retention how long tombstones are kept; a negative one counts as 0.
  /// @param limit the memory limit in bytes, see above
  explicit lww_map(duration retention = std::chrono::hours{24},
                   std::size_t limit = default_limit);

  // -- reading

  /// The entry of a key; null if the key is absent or deleted. Valid until the
  /// map changes.
  const entry* find(std::string_view key) const;
  /// The number of entries, excluding tombstones.
  std::size_t size() const noexcept {
    return entries_.size() - tombstones();
  }
  std::size_t tombstones() const noexcept {
    return entries_.summary().tombstones;
  }
  /// All entries, tombstones included, in ascending order of their keys: a
  /// range with begin, end, size, empty, find(key) and lower_bound(key).
  const entry_map& entries() const noexcept {
    return entries_;
  }
  /// Roughly the memory that the map takes without its copies, in bytes.
  std::size_t memory() const;
  std::size_t limit() const noexcept {
    return limit_;
  }
  /// Whether there is no room for another entry with 64 bytes of key and value.
  bool is_full() const;
  /// How many entries `merge` has ignored because there was no room for them.
  std::uint64_t refused() const noexcept {
    return refused_;
  }

  // -- changing

  /// Computes the change that sets a key. The change takes effect once it is
  /// merged. A key may consist of any bytes.
  /// @param who the writer.
  /// @returns the change; errc::too_large if key or value exceeds its limit or
  ///          the map is full; errc::bad_peer_name if `who` is unknown.
  caf::expected<lww_map> put(std::string_view key, byte_view value,
                             peer_name who) const;

  /// Computes the change that deletes a key.
  /// @returns the change, which is empty if the map has no value for the key;
  ///          errc::bad_peer_name if it has one and `who` is unknown.
  caf::expected<lww_map> erase(std::string_view key, peer_name who) const;

  /// Adopts the entries of `other` that win over ours.
  /// @returns the adopted entries; nullopt if there were none.
  std::optional<lww_map> merge(const lww_map& other);

  /// Sets the time by which tombstones age, and drops those that are older than
  /// the retention. A time before that of an earlier call is ignored.
  void advance(instant now);

  /// Sets the date, which limits the clocks that `decode` accepts to
  /// `reachable(now, max_writes_per_second)`. Drops entries with clocks above
  /// this limit, which are present only if an earlier call gave a later date. A
  /// wrong date does no harm unless a member forges clocks.
  void set_date(wall_time now);

  /// Whether `decode` would leave out an entry of this map on this date.
  bool is_ahead_of(wall_time now) const {
    return entries_.summary().clock > reachable(now, max_writes_per_second);
  }

  // -- bytes, in the format described below

  /// The map as messages, which may be decoded in any order. An empty map has
  /// none. A message has at most 64 KiB, or less than 2 MiB if it contains a
  /// single entry.
  std::vector<payload> encode() const;

  /// Decodes one message, leaving out entries with clocks that honest peers
  /// cannot have reached.
  /// @returns errc::malformed; errc::too_large if the message, a key or a value
  ///          exceeds its limit, or if there are several entries in more than
  ///          64 KiB.
  caf::expected<lww_map> decode(byte_view input) const;

  /// Decodes and merges a message that this replica has stored. Unlike `decode`
  /// and `merge`, accepts tombstones of any age within the retention, and
  /// ignores the memory limit. After an error, some entries may have been
  /// merged.
  /// @returns errc::malformed or too_large, like `decode`, but without its
  ///          limit on messages of several entries
  caf::error load(byte_view input);

  /// Loads many messages, several times as fast as `load`.
  class loader {
  public:
    /// @param to must outlive this object, and must not be used before `finish`
    ///        has returned
    explicit loader(lww_map& to) : to_(to) {
    }
    /// Sets the time of the map, see lww_map::advance.
    void advance(instant now);
    /// Takes a message. Returns the same errors as `load`.
    caf::error take(byte_view message);
    /// Merges the collected entries that are not in the map yet.
    void finish();

  private:
    lww_map& to_;
    entry_map::new_items collected_;
    std::size_t bytes_ = 0;           // of collected keys and values
    instant oldest_ = instant::max(); // oldest deletion that was collected
  };

  // -- exchange between replicas, see replicated.hpp

  /// The size in bytes of all keys and values together.
  std::size_t bytes_of_content() const {
    return entries_.summary().size;
  }

  /// A message of some 50 bytes that describes the map to other replicas.
  /// @param from the name of the sender; must not be the unknown peer
  payload outline(peer_name from) const;

  static bool is_outline(byte_view message) noexcept;

  /// Finds the entries that this replica and the sender of an outline need from
  /// each other. Takes O(log n) for each range of keys in the outline.
  /// @param self the name of this peer
  /// @returns errc::malformed if `outline` is not an outline.
  caf::expected<comparison> compare(byte_view outline, peer_name self) const;

  /// Returns the next message with entries of a range, in the format of
  /// `encode`, and removes these entries from `x`. The message is empty if the
  /// range has no entries left.
  payload take_part(key_range& x) const;

  /// Compares the entries, except for the ages of tombstones.
  friend bool operator==(const lww_map& x, const lww_map& y);

private:
  // Changes have no memory limit. The limit applies to the map into which they
  // are merged.
  static constexpr std::size_t unlimited = SIZE_MAX;

  static bool supersedes(const entry& x, const entry& y);
  caf::expected<lww_map> change(std::string_view key, entry x) const;
  bool has_room_for(std::string_view key, const entry& x,
                    const entry* replaced) const;
  payload next_message(entry_map::const_iterator& from,
                       const entry_map::const_iterator& to) const;
  void set(std::string_view key, const entry& x);
  void take(const entry_map::const_iterator& from, instant deleted_at);
  template <class F>
  caf::error read(byte_view input, F take) const;
  template <class Matches>
  void merge_if(const lww_map& other, lww_map& news, Matches matches);
  template <class Matches>
  std::vector<std::string> keys_of(const Matches& matches) const;
  /// Whether a replica that has no entry of the key accepts a tombstone of this
  /// age. The limit is three quarters of the retention.
  bool is_young(duration age) const {
    return age <= retention_ - retention_ / 4;
  }
  duration age_of(const entry& x) const {
    return now_ - x.deleted_at;
  }
  bool is_expired(instant deleted_at) const {
    return deleted_at < now_ - retention_;
  }

  duration retention_;
  std::size_t limit_;
  std::uint64_t refused_ = 0;
  entry_map entries_;
  std::uint64_t clock_ = 0; // the greatest clock ever accepted
  wall_time date_ = earliest_wall_time;
  instant now_;             // 0 until the first call of `advance`
  bool is_started_ = false; // whether `advance` has been called
};

/// The version of the message format. Numbers, and runs (a length and that many
/// bytes), are encoded as in gob (messages/wire/gob.hpp): a number below 128
/// takes one byte.
///
///     version   1 byte, 1
///     entries, up to the end of the message, keys ascending:
///       kind    1 byte: 0 a value, 1 a tombstone
///       key     run, up to 4 KiB
///       clock   number, 1 .. 2^63 - 1; an entry is ignored if honest peers
///               cannot have reached its clock, see lww_map::set_date
///       owner   run, 6 or 16 bytes: the flavours `mac` and `hash`
///       value   run, up to 1 MiB; in a tombstone instead its age, a number of
///               milliseconds up to a hundred years, rounded up
///
/// An entry takes some 10 bytes in addition to key and value.
constexpr std::uint8_t lww_map_format = 1;

} // namespace cafmesh
