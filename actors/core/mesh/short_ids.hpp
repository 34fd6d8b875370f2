#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The short IDs that peers claim (PROTOCOL.md, "Short IDs"). If several peers
/// claim the same ID, the peer with the lowest name owns it. IDs of 4096 and
/// above, which no peer can have drawn, are ignored.
class short_ids {
public:
  /// `claim` and `release` return true if an ID passes from one owner to
  /// another. Other actors may then remember the wrong owner.
  bool claim(short_id id, peer_name who);
  bool release(short_id id, peer_name who);

  std::optional<peer_name> owner(short_id id) const;

  /// Draws one of the unclaimed IDs, all with the same probability; nullopt if
  /// there are none.
  std::optional<short_id> draw(std::mt19937_64& rng) const;

private:
  using claim_of = std::pair<short_id, peer_name>;

  /// The index of the ID in `owners_`, or the index at which to insert it.
  std::ptrdiff_t place_of(short_id id) const;

  // The owners' claims, one for each claimed ID, sorted by ID. Nearly all IDs
  // have only one claim, and a vector takes far less memory than a tree.
  std::vector<claim_of> owners_;
  std::set<claim_of> other_claims_;
  std::bitset<short_id_count> ever_claimed_;
};

} // namespace cafmesh
