#pragma once

#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <unordered_map>

#include <caf/fwd.hpp>

namespace cafmesh {

/// The cost of one peer's small messages in the mailbox of one actor.
class held_cost {
public:
  /// Only the postman may call this function.
  /// @returns false, and counts nothing, if the total would exceed `most`.
  ///          While nothing is counted, any amount is accepted.
  bool hold(std::size_t size, std::size_t most) noexcept {
    auto held = held_.load();
    if (held > 0 && held + size > most)
      return false;
    held_ += size;
    return true;
  }
  /// May be called from any thread.
  void release(std::size_t size) noexcept {
    held_ -= size;
  }

private:
  std::atomic<std::size_t> held_{0};
};

using held_cost_ptr = std::shared_ptr<held_cost>;

/// The `held_cost` of each actor, for one peer. Only the postman may use this
/// class.
class held_costs {
public:
  /// The cost for this actor. The object lives while a session with the peer,
  /// or a message from the peer in a mailbox, refers to it.
  held_cost_ptr of(caf::actor_id receiver) {
    if (costs_.size() >= next_cleaning_)
      clean();
    auto& known = costs_[receiver];
    auto result = known.lock();
    if (!result)
      known = result = std::make_shared<held_cost>();
    return result;
  }

private:
  // Called only when the map has doubled, so that `of` takes constant time on
  // average.
  void clean() {
    for (auto i = costs_.begin(); i != costs_.end();)
      i = i->second.expired() ? costs_.erase(i) : std::next(i);
    next_cleaning_ = 2 * costs_.size() + 16;
  }

  std::size_t next_cleaning_ = 16;
  std::unordered_map<caf::actor_id, std::weak_ptr<held_cost>> costs_;
};

} // namespace cafmesh
