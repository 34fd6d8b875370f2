#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

#include <caf/error.hpp>
#include <caf/node_id.hpp>

#include "actors/context/remote_parts.hpp"

/// The lives that have departed from the mesh, and why.
namespace cafmesh {

/// A life that the directory no longer names.
struct departed_life {
  actor_home home;
  caf::error why;
  bool has_ended = false; ///< false: it may come back
};

/// Remembers the lives that have departed, so that messages to their actors
/// fail at once. Beyond `most`, the oldest is forgotten.
class departed_lives {
public:
  static constexpr std::size_t most = 4096;

  void add(departed_life x) {
    auto node = x.home.node;
    if (all_.insert_or_assign(node, std::move(x)).second)
      order_.push_back(std::move(node));
    if (order_.size() > most) {
      all_.erase(order_.front());
      order_.pop_front();
    }
  }
  /// Forgets the life with this node ID, because the directory names it again.
  void is_back(const caf::node_id& node) {
    if (all_.erase(node) == 0)
      return;
    for (auto i = order_.begin(); i != order_.end(); ++i)
      if (*i == node) {
        order_.erase(i);
        return;
      }
  }
  const departed_life* find(const caf::node_id& node) const {
    auto found = all_.find(node);
    return found == all_.end() ? nullptr : &found->second;
  }
  /// Calls `f(departed_life&)` for each departed life that may come back.
  template <class F>
  void visit_absent(F f) {
    for (auto& [node, x] : all_)
      if (!x.has_ended)
        f(x);
  }

private:
  std::unordered_map<caf::node_id, departed_life> all_;
  std::deque<caf::node_id> order_; // oldest first
};

} // namespace cafmesh
