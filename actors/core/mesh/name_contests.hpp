#pragma once

#include <cstddef>
#include <map>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// Finds names that two peers use at a distance from each other: their records
/// replace each other in turn, so that the UID before the present one returns.
class name_contests {
public:
  /// After a restart, an old record that was delayed may replace the new one
  /// and be replaced again, which are two returns.
  static constexpr unsigned returns_of_one_peer = 2;
  /// Returns that are further apart do not count together.
  static constexpr duration longest_pause = std::chrono::minutes{1};
  /// The most names that are watched; then the one that has been quiet for the
  /// longest time makes room.
  static constexpr std::size_t most_names = 64;

  /// To be called when a record with another UID replaces a peer's record.
  /// @returns whether two peers use the name
  bool uid_changed(peer_name who, peer_uid before, peer_uid after, instant now);

private:
  struct contest {
    peer_uid earlier{}; ///< the UID before the present one
    unsigned returns = 0;
    instant last_change{};
  };
  void make_room();

  std::map<peer_name, contest> contests_;
};

} // namespace cafmesh
