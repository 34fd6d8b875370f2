#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/instant.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A key-value store in which the last writer wins. Each entry has the peer
/// that wrote it and that peer's logical clock, which is greater than every
/// clock in the map that it wrote to. Of two entries of one key the one with
/// the greater (clock, owner, deleted, value) stays, everywhere alike.
///
/// A deleted entry leaves a tombstone, which takes older values of its key
/// away wherever it meets them. It is dropped when it is older than
/// `retention`. Its age travels with it, without anybody's wall clock; what it
/// waits on the wire is not counted. From this follows:
/// - replicas of which none was cut off from the rest for as long as the
///   retention agree once they have merged the same changes, in whatever order
///   and however often, and what was deleted stays so;
/// - a replica that was away longer still has what was deleted meanwhile, and
///   on its return everybody takes it for new. Start it empty instead, or
///   choose a retention beyond any absence.
///
/// All replicas need the same retention. A peer that started afresh writes with
/// low clocks until it has heard from the others: its entries may lose.
class lww_map {
public:
  static constexpr std::size_t max_key_size = 4 * 1024;
  static constexpr std::size_t max_value_size = 1024 * 1024;
  /// Longer ones are cut to this: a hundred years.
  static constexpr std::chrono::hours max_retention{24 * 36'525};

  struct entry {
    payload value; ///< empty if deleted
    bool deleted = false;
    peer_name owner;
    std::uint64_t clock = 0;
    instant deleted_at; ///< on the map's own time, see `advance`
  };
  using entry_map = std::map<std::string, entry, std::less<>>;

  explicit lww_map(duration retention = std::chrono::hours{24});

  // -- reading

  /// Null for what is not there or deleted.
  const entry* find(std::string_view key) const;
  /// Tombstones not counted.
  std::size_t size() const noexcept {
    return entries_.size() - tombstones_;
  }
  std::size_t tombstones() const noexcept {
    return tombstones_;
  }
  /// Tombstones included.
  const entry_map& entries() const noexcept {
    return entries_;
  }

  // -- changing

  /// The change that sets a key, to be merged in. Any bytes may be a key.
  /// @returns errc::too_large for a key or value over its limit, and when the
  ///          clock has come to its end; bad_peer_name for the unknown peer.
  caf::expected<lww_map> put(std::string_view key, byte_view value,
                             peer_name who) const;

  /// The change that deletes a key; an empty one if it is not there.
  caf::expected<lww_map> erase(std::string_view key, peer_name who) const;

  /// Takes over what is greater.
  /// @returns just that, or nothing.
  std::optional<lww_map> merge(const lww_map& other);

  /// Says what time it is, and drops what is over. Time begins with the first
  /// call; a step back is ignored.
  void advance(instant now);

  // -- bytes (see below)

  /// Messages of less than 2 MiB, in any order; none for an empty map.
  std::vector<payload> encode() const;

  /// @returns errc::malformed, or too_large for what is over a limit.
  static caf::expected<lww_map> decode(byte_view input);

  /// The same entries; ages are not compared.
  friend bool operator==(const lww_map& x, const lww_map& y);

private:
  caf::expected<lww_map> change(std::string_view key, entry x) const;
  void set(const std::string& key, const entry& x);
  void drop_tombstones();
  duration age_of(const entry& x) const {
    return now_ - x.deleted_at;
  }

  duration retention_;
  entry_map entries_;
  std::size_t tombstones_ = 0;
  std::uint64_t clock_ = 0; // the greatest that was ever seen
  instant now_;             // zero: nobody has said
  // No tombstone is older than this.
  instant oldest_ = instant::max();
};

/// The bytes of a message, in numbers and runs as gob writes them (see
/// messages/wire/gob.hpp: a byte for what is below 128):
///
///     version   1 byte, 1
///     entries, up to the end of the message, keys ascending:
///       kind    1 byte: 0 a value, 1 a tombstone
///       key     run, up to 4 KiB
///       clock   number, 1 .. 2^63 - 1
///       owner   run, 6 or 16 bytes: the flavours `mac` and `hash`
///       value   run, up to 1 MiB; of a tombstone its age in milliseconds
///               instead, a number, up to a hundred years
///
/// Some 10 bytes an entry beside key and value.
constexpr std::uint8_t lww_map_format = 1;

} // namespace cafmesh
