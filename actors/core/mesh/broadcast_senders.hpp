#pragma once

#include <optional>
#include <unordered_map>

#include "actors/core/gossip/loop_guard.hpp"
#include "actors/core/mesh/routes.hpp"

namespace cafmesh {

/// Remembers, while routes change, which neighbour sends us the broadcasts of
/// each source, and whether that neighbour has changed.
class broadcast_senders {
public:
  /// After this time without changes, all peers have the same routes, and no
  /// broadcast goes round in a loop.
  static constexpr duration settling = 2 * loop_guard::memory;

  /// @param before null for the first routes, which count as settled
  void change(const routes_ptr& before, routes_ptr next, instant now);

  bool are_settled(instant now) const noexcept {
    return now - changed_at_ >= settling;
  }

  /// The neighbour that sends us the broadcasts of `source`.
  expected_sender of(peer_name source, instant now);

  /// Releases memory once routes are settled.
  void relax(instant now);

  std::size_t size() const noexcept {
    return known_.size();
  }

  /// The maximum number of remembered sources. The senders of further sources
  /// count as unknown until routes are settled.
  static constexpr std::size_t most = 1024;

private:
  struct entry {
    expected_sender sender;
    std::uint64_t generation = 0; // of the routes used
    instant since{};              // when `sender` last changed
  };

  routes_ptr current_;
  // The routes from before the current changes, or later ones that were
  // replaced at least `settling` ago. A source that is new to `known_` gets its
  // earlier sender from them.
  routes_ptr earlier_;
  routes_ptr later_; // becomes `earlier_` after `settling`
  instant later_replaced_at_{};
  instant changed_at_{};
  std::unordered_map<peer_name, entry> known_;
};

} // namespace cafmesh
