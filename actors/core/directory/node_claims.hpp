#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/directory/document_header.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh::names {

/// Decides which life holds a node ID that several lives claim. The first life
/// that is shown with the ID holds it.
///
/// Any member can hide another peer, or change its ID, for a while. So an ID
/// that a life has given up is kept for the life's peer for as long as the peer
/// had it, but at least `kept_beside` and at most `hidden_for`. Once the peer
/// is shown with a different ID, the old ID is kept for at most `kept_beside`
/// more. After that, the old ID goes to another life that claims it. If several
/// lives do, the first in order of peer names and UIDs gets it.
class node_claims {
public:
  /// The minimum time for which an ID is kept. An honest peer needs less time
  /// to replace a document that was forged in its name.
  static constexpr duration kept_beside = std::chrono::seconds{20};
  /// The maximum number of IDs that are kept. If there are more, the ID that
  /// was claimed last is given to others. So a member that makes up lives
  /// displaces no older IDs. For one peer, only the ID that was claimed first
  /// is kept.
  static constexpr std::size_t most_kept = 4096;

  /// To be called when a life is shown with this ID.
  /// @returns whether the life holds the ID
  bool claim(const std::string& node, const life& x, instant now);
  /// To be called when a life that was shown with this ID is hidden or has
  /// changed its ID.
  void give_up(const std::string& node, const life& x, instant now);
  /// Gives away the IDs that are no longer kept. Returns the lives that hold
  /// them now.
  std::vector<life> expire(instant now);
  std::optional<instant> wake_at() const;

private:
  struct claims {
    life holder;
    instant since{};       // when the peer got the ID
    std::uint64_t age = 0; // lower for an ID that was claimed earlier
    std::set<life> others;
    std::optional<instant> until; // end of keeping; absent while shown
  };

  static instant kept_until(const claims& x, instant now);
  void keep(const std::string& node, claims& x, instant until);
  void end_keeping(const std::string& node, claims& x);

  std::map<std::string, claims> all_;
  std::set<std::pair<instant, std::string>> kept_;
  std::map<std::uint64_t, std::string> kept_by_age_;
  std::map<peer_name, std::string> kept_for_;
  std::uint64_t last_age_ = 0;
};

} // namespace cafmesh::names
