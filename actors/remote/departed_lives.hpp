#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include <caf/error.hpp>
#include <caf/node_id.hpp>

#include "actors/context/remote_parts.hpp"

/// Remembers which peers have departed from the mesh, and why. A life of a peer
/// is one run of its process: after a restart, it has a new life.
namespace cafmesh {

/// A life that is no longer in the directory.
struct departed_life {
  actor_home home;
  caf::error why;
  bool has_ended = false;   ///< false: it may come back
  bool may_know_us = false; ///< see session::may_be_known_there
};

/// Remembers the lives that have departed, so that messages to their actors
/// fail immediately. Beyond `most`, forgets the oldest.
class departed_lives {
public:
  static constexpr std::size_t most = 4096;

  void add(departed_life x) {
    auto node = x.home.node;
    is_back(node);
    by_peer_.emplace(x.home.peer, node);
    all_.emplace(node, entry{std::move(x), ++last_});
    by_age_.emplace(last_, std::move(node));
    if (all_.size() > most)
      is_back(caf::node_id{by_age_.begin()->second});
  }
  /// Forgets the life with this node ID, because it is in the directory again.
  void is_back(const caf::node_id& node) {
    auto found = all_.find(node);
    if (found == all_.end())
      return;
    auto [i, end] = by_peer_.equal_range(found->second.life.home.peer);
    by_peer_.erase(
      std::find_if(i, end, [&](auto& x) { return x.second == node; }));
    by_age_.erase(found->second.order);
    all_.erase(found);
  }
  const departed_life* find(const caf::node_id& node) const {
    auto found = all_.find(node);
    return found == all_.end() ? nullptr : &found->second.life;
  }
  /// Whether a departed life of this peer may still come back.
  bool has_absent(peer_name peer) const {
    auto [i, end] = by_peer_.equal_range(peer);
    return std::any_of(
      i, end, [&](auto& x) { return !all_.at(x.second).life.has_ended; });
  }
  /// Calls `f(departed_life&)` for each departed life of this peer that may
  /// still come back.
  template <class F>
  void visit_absent(peer_name peer, F f) {
    auto [i, end] = by_peer_.equal_range(peer);
    for (; i != end; ++i)
      if (auto& x = all_.at(i->second).life; !x.has_ended)
        f(x);
  }

private:
  struct entry {
    departed_life life;
    std::uint64_t order = 0;
  };

  std::unordered_map<caf::node_id, entry> all_;
  std::map<std::uint64_t, caf::node_id> by_age_;
  std::multimap<peer_name, caf::node_id> by_peer_;
  std::uint64_t last_ = 0;
};

} // namespace cafmesh
