#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include <cafmesh/detail/asker.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh::replication {

/// Decides which peer a replica asks for missing items. Only one peer is asked
/// at a time, since several peers would send the same items. The others wait
/// for their turn, in the order in which they came. A member can forge outlines
/// in the name of any peer, so the length of turns and the number of waiting
/// peers are limited.
class exchange_turns {
public:
  /// A turn ends once the peer has sent nothing for `silence`, or no items for
  /// `without_items`, and after `turn` in any case.
  static constexpr auto silence = std::chrono::seconds{3};
  static constexpr auto without_items = std::chrono::seconds{10};
  static constexpr auto turn = std::chrono::seconds{30};

  /// The maximum number of waiting peers, and of those whose outlines came
  /// through the same neighbour. Further peers are refused until their next
  /// periodic outlines.
  static constexpr std::size_t most_waiting = 128;
  static constexpr std::size_t most_waiting_of_neighbour = 2;

  /// Whether to ask a peer whose outline has just arrived. If not, the peer
  /// waits for its turn, unless too many peers wait already.
  bool may_ask(const asker& who, instant now);

  /// Notes that a peer has sent items.
  void heard_from(peer_name who, instant now);

  /// If a turn is over and a peer waits, begins the turn of that peer and
  /// returns the peer. The caller must send the peer an outline, which the peer
  /// answers with its own.
  std::optional<peer_name> next(instant now);

private:
  bool is_over(instant now) const;
  void begin(peer_name who, instant now);
  void wait(const asker& who);

  std::optional<peer_name> asked_; // the peer whose turn it is or was
  instant began_{};
  instant last_heard_{};
  instant last_items_{};
  std::deque<asker> waiting_;
};

} // namespace cafmesh::replication
