#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include "actors/core/mesh/slot_index.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Decides when a node gathers news of the topology instead of passing it on
/// immediately, and remembers which news waits for which neighbour
/// (PROTOCOL.md, "Much news"). Takes one bit of memory per neighbour and peer.
class news_spreading {
public:
  /// A node with fewer neighbours than this gathers nothing. Its neighbours
  /// pass all news on to it, because other peers may not.
  static constexpr std::size_t few = 4;

  /// Up to this many new records are passed on immediately, plus one per
  /// `for_one_more`. After more, news is gathered until there has been little
  /// for `busy`. This time is long because nodes of a busy machine pass on
  /// little in a second.
  static constexpr std::uint32_t passed_at_once = 64;
  static constexpr duration for_one_more = std::chrono::milliseconds{50};
  static constexpr duration busy = std::chrono::seconds{5};

  /// The pause between two messages to a neighbour is `pause_per_peer` for each
  /// peer of the mesh, but at least `shortest` and at most `longest`.
  static constexpr duration pause_per_peer = std::chrono::microseconds{500};
  static constexpr duration shortest = std::chrono::milliseconds{20};
  static constexpr duration longest = std::chrono::milliseconds{200};

  /// Digests are exchanged once no news has come for `calm`, or
  /// `until_compared` after the first news. Neighbours follow each other after
  /// `between_two`.
  static constexpr duration calm = std::chrono::seconds{2};
  static constexpr duration until_compared = std::chrono::seconds{10};
  static constexpr duration between_two = std::chrono::milliseconds{250};

  // -- how much news there is

  /// To be called for each update with news.
  void note_news(std::size_t records, instant now);

  bool is_busy(instant now) const noexcept {
    return now < busy_until_;
  }

  // -- what waits

  /// Whether `choose` has to be called before `add`.
  bool needs_targets() const noexcept {
    return targets_.empty();
  }

  /// Chooses the neighbours for the news that is gathered next.
  void choose(std::vector<peer_name> neighbours);

  /// To be called for each new neighbour, because it may get news only from us.
  void added(peer_name neighbour);

  /// Gathers the record of `who` for all chosen neighbours but `except`.
  void add(slot who, peer_name except, instant now);

  /// To be called for records that a neighbour has sent itself, if they are the
  /// same as ours, byte for byte, or replace ours.
  void are_known_to(peer_name neighbour, const std::vector<slot>& subjects);

  void remove(peer_name neighbour);

  /// To be called after `peers::compact`: slot `x` has become `moved[x]`.
  void renumber(const std::vector<slot>& moved);

  /// Records that wait for the same neighbours.
  struct parcel {
    std::vector<peer_name> neighbours;
    std::vector<slot> subjects;
  };

  /// Removes and returns what is due.
  /// @param peers the number of all peers, which determines the next pause.
  std::vector<parcel> take_due(std::size_t peers, instant now);

  // -- what has to be compared

  /// Notes that our records have to be compared with those of a neighbour.
  void compare_later(peer_name neighbour, instant now);

  bool must_compare(instant now) const;

  /// Removes and returns a neighbour that `compare_later` has noted; nullopt if
  /// the caller may choose any neighbour. Later calls return the remaining
  /// ones.
  /// @pre `must_compare(now)`
  std::optional<peer_name> take_to_compare(instant now);

  /// When to call `take_due` or `take_to_compare` next; nullopt if nothing
  /// waits.
  std::optional<instant> wake_at() const;

private:
  // Bits by slot, 64 in a word. The bits of all neighbours are compared with
  // each other, which a vector of bool would do bit by bit.
  using bits = std::vector<std::uint64_t>;

  static void set(bits& xs, slot who);
  static std::vector<slot> slots_in(const bits& xs);

  std::optional<instant> compare_at() const;

  // Null before the first news. The bucket starts empty, because a node that
  // has just started hears much.
  std::optional<token_bucket> at_once_;
  instant busy_until_;
  std::map<peer_name, bits> targets_;
  bool waits_ = false; // whether any bit is set
  instant due_;
  instant not_before_;
  // The first and the last time at which news was gathered since the last
  // comparison.
  std::optional<instant> first_gathered_;
  instant last_gathered_;
  std::set<peer_name> to_compare_;
  peer_name last_compared_; // so that each gets its turn
};

} // namespace cafmesh
