#pragma once

#include <cstddef>
#include <map>

#include <cafmesh/instant.hpp>
#include <cafmesh/peer_record.hpp>

namespace cafmesh {

/// Finds names that two peers use. Their records replace each other in turn, so
/// that an earlier UID returns.
class name_contests {
public:
  /// The number of returns that a single peer can cause. After a restart, a
  /// delayed old record may replace the new one and be replaced in turn.
  static constexpr unsigned returns_of_one_peer = 2;
  /// Returns that are further apart do not count together.
  static constexpr duration longest_pause = std::chrono::minutes{1};
  /// The maximum number of names that are watched. If there are more, the name
  /// that has not changed for the longest time is dropped.
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
