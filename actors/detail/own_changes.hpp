#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <cafmesh/detail/gathered_changes.hpp>
#include <cafmesh/detail/replica_questions.hpp>
#include <cafmesh/detail/value_traits.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/reachable.hpp>

namespace cafmesh::replication {

/// The actor of a value sends this to itself, delayed, to broadcast changes
/// again.
struct repeat_due {};

/// The time after which changes are broadcast again. It is longer than the time
/// for which relays remember what they passed on (see `loop_guard`).
constexpr auto repeat_after = std::chrono::seconds{3};

/// The changes that this peer made and has yet to broadcast. Owned by the actor
/// of the value, whose type is `Self`.
template <class V, class Self>
class own_changes {
public:
  explicit own_changes(Self* self) : self_(self) {
  }

  /// Adds a change. A member may just have forged the greatest number that
  /// peers accept. Our next change then has a greater number, and peers ignore
  /// it until the next second, so it is broadcast again after `repeat_after`.
  /// @param whole the value, which contains the change
  void add(const V& change, const V& whole, wall_time today) {
    add_to(new_, change);
    if constexpr (can_be_ahead<V>)
      if (change.is_ahead_of(today)) {
        if (ahead_.empty())
          self_->delayed_send(self_, repeat_after, repeat_due{});
        ahead_.add(change, whole);
      }
  }

  void announce(const gossip_channel_actor& channel) {
    if (new_)
      send(channel, take(new_));
  }
  /// Broadcasts again the changes that peers may have ignored. If peers may
  /// still ignore some of them, but will soon accept them, all are broadcast
  /// once more later.
  /// @param whole the value
  /// @returns false if the changes took so much memory that they were dropped,
  ///          and only gossip of the value can spread them
  bool repeat(const gossip_channel_actor& channel,
              const std::shared_ptr<const V>& whole, wall_time today) {
    if (ahead_.empty())
      return true;
    const bool is_dropped = ahead_.is_whole();
    auto changes = ahead_.take(whole);
    if constexpr (can_be_ahead<V>)
      if (changes->is_ahead_of(today)
          && !changes->is_ahead_of(today + std::chrono::seconds{2})) {
        if (is_dropped)
          ahead_.add_whole();
        else
          ahead_.add(*changes, *whole);
        self_->delayed_send(self_, repeat_after, repeat_due{});
      }
    if (!is_dropped)
      send(channel, std::move(changes));
    return !is_dropped;
  }

private:
  void send(const gossip_channel_actor& channel,
            std::shared_ptr<const V> changes) {
    self_->send(channel, broadcast{data_of<V>(std::move(changes))});
  }

  Self* self_;
  std::optional<V> new_;      // not announced yet
  gathered_changes<V> ahead_; // announced, and to be announced again
};

} // namespace cafmesh::replication
