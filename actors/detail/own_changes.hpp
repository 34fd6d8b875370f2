#pragma once

#include <chrono>
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

  /// Adds a change. If another member has just forged the greatest number that
  /// peers accept, our next change has a greater one, and peers ignore it until
  /// the next second. Such a change is therefore broadcast again after
  /// `repeat_after`.
  void add(const V& change, wall_time today) {
    add_to(new_, change);
    if constexpr (can_be_ahead<V>)
      if (change.is_ahead_of(today)) {
        if (!ahead_)
          self_->delayed_send(self_, repeat_after, repeat_due{});
        add_to(ahead_, change);
      }
  }

  void announce(const gossip_channel_actor& channel) {
    send(channel, new_);
  }
  /// Broadcasts again the changes that peers may have ignored. If peers may
  /// still ignore some of them, but will soon accept them, all are broadcast
  /// once more later.
  void repeat(const gossip_channel_actor& channel, wall_time today) {
    auto later = ahead_;
    send(channel, ahead_);
    if constexpr (can_be_ahead<V>)
      if (later && later->is_ahead_of(today)
          && !later->is_ahead_of(today + std::chrono::seconds{2})) {
        ahead_ = std::move(later);
        self_->delayed_send(self_, repeat_after, repeat_due{});
      }
  }

private:
  void send(const gossip_channel_actor& channel, std::optional<V>& changes) {
    if (changes)
      self_->send(channel, broadcast{data_of<V>(take(changes))});
  }

  Self* self_;
  std::optional<V> new_;   // not announced yet
  std::optional<V> ahead_; // announced, and to be announced again
};

} // namespace cafmesh::replication
