#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Whom of its neighbours a node asks for records, and how much it answers
/// (PROTOCOL.md, "Digests"). Keeps nothing of a neighbour that is removed.
class digest_exchange {
public:
  /// A neighbour that was asked and sends nothing for `silence` loses its turn,
  /// and so does one that was asked `turn` ago.
  static constexpr duration silence = std::chrono::seconds{1};
  static constexpr duration turn = std::chrono::seconds{10};

  /// In the time `interval` a neighbour gets answers of the size of all
  /// records, which is about what complete gossip would take; twice as much at
  /// once.
  explicit digest_exchange(duration interval) : interval_(interval) {
  }

  void add(peer_name neighbour, instant now);
  void remove(peer_name neighbour);

  /// Whether to ask this neighbour. Taking the same records from several would
  /// cost their sum, so only one is asked at a time; the others are remembered.
  bool may_ask(peer_name neighbour, instant now);

  /// Records came from the neighbour.
  void heard_from(peer_name neighbour, instant now);
  /// The neighbour has sent all that it was asked for.
  void ended(peer_name neighbour);

  /// Those that were not asked, once it is their turn: they get a digest anew.
  std::vector<peer_name> take_waiting(instant now);
  /// When to call `take_waiting` at the latest; nullopt if nobody waits.
  std::optional<instant> wake_at() const;

  /// Whether to send an answer of `size` bytes.
  /// @param whole the size of all records.
  bool may_answer(peer_name neighbour, std::size_t size, std::size_t whole,
                  instant now);

private:
  struct neighbour_state {
    token_bucket answers;
    bool waits = false;
  };

  bool is_free(instant now) const;

  duration interval_;
  std::map<peer_name, neighbour_state> neighbours_;
  std::size_t waiting_ = 0;
  std::optional<peer_name> source_; // that is being asked
  // Had the last turn, and has no other before those that wait can answer.
  peer_name last_source_;
  instant barred_until_{};
  instant turn_began_{};
  instant last_heard_{};
};

} // namespace cafmesh
