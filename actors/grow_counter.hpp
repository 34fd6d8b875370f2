#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A number that every peer adds to and nobody takes from: each peer counts for
/// itself, of two numbers of one peer the greater is the newer, and the value
/// is their sum. Replicas that merged the same changes, in whatever order and
/// however often, are equal.
///
/// Its bytes are those of the Go library's example, a gob `map[uint64]int`, or
/// `map[string]int` with names of flavour `hash`; more than 16,384 numbers go
/// as several such messages. Numbers below 1 mean nothing.
///
/// A peer that started afresh learns its own old number from the others. What
/// it adds before that counts only as far as it exceeds the old number.
class grow_counter {
public:
  /// What each peer has counted.
  using count_map = std::map<peer_name, std::int64_t>;

  /// @param flavour of all peers in it.
  explicit grow_counter(name_flavour flavour = name_flavour::mac)
      : flavour_(flavour) {
  }

  // -- reading

  /// The sum, at most INT64_MAX.
  std::int64_t value() const noexcept;
  std::int64_t count_of(peer_name who) const;
  const count_map& counts() const noexcept {
    return counts_;
  }

  // -- changing

  /// The change by which `who` counts on, to be merged in; its number stops at
  /// INT64_MAX.
  /// @returns errc::bad_peer_name for the unknown peer or another flavour.
  caf::expected<grow_counter> increment(peer_name who,
                                        std::uint64_t by = 1) const;

  /// Takes over what is greater.
  /// @param other of the same flavour.
  /// @returns just that, or nothing.
  std::optional<grow_counter> merge(const grow_counter& other);

  // -- bytes

  /// Messages of less than 1 MiB, in any order; none for an empty counter.
  std::vector<payload> encode() const;

  /// An empty map, in which peers in Go find nothing new.
  payload question() const;

  /// @returns errc::malformed or bad_peer_name, also for the other flavour.
  caf::expected<grow_counter> decode(byte_view input) const;

  friend bool operator==(const grow_counter& x, const grow_counter& y) {
    return x.flavour_ == y.flavour_ && x.counts_ == y.counts_;
  }

private:
  name_flavour flavour_;
  count_map counts_; // all above zero
};

} // namespace cafmesh
