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

/// Who claims which short ID (protocol section 6). Several peers may claim the
/// same one; it belongs to the lowest name among them. IDs of 4096 and above,
/// which no peer can have drawn, are ignored.
class short_ids {
public:
  /// `claim` and `release` say whether an ID that had an owner at any time
  /// before has another one now, so that what was remembered of it is wrong.
  bool claim(short_id id, peer_name who);
  bool release(short_id id, peer_name who);

  std::optional<peer_name> owner(short_id id) const;

  /// One of those that nobody claims, each as likely as the other; nothing
  /// where all are claimed.
  std::optional<short_id> draw(std::mt19937_64& rng) const;

private:
  using claim_of = std::pair<short_id, peer_name>;

  /// Where in `owners_` the ID is, or would be.
  std::ptrdiff_t place_of(short_id id) const;

  // Sorted by ID, one for each that is claimed. Nearly all IDs have one claim,
  // and a node of its own for each was a twelfth of all memory of 300 nodes.
  std::vector<claim_of> owners_;
  // Who would be next.
  std::set<claim_of> others_;
  std::bitset<short_id_count> ever_claimed_;
};

} // namespace cafmesh
