#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>

#include "actors/remote/recent_exports.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// The local actors that peers may address. These actors are kept alive:
/// - actors that are published;
/// - actors of which peers hold handles;
/// - actors whose handle was sent since the last call of `expire`, or less than
///   `grace` before that call, because the handle may still be on its way.
///
/// May be used from any thread. The caller of `add` or `publish` must not hold
/// the lock of an actor.
class exports : public std::enable_shared_from_this<exports> {
public:
  /// @param grace how long an actor is kept after the first call of `expire`
  ///        since its handle was sent
  /// @param ended is called when a watched actor has ended
  exports(caf::actor_system& system, duration grace,
          std::function<void(caf::actor_id, caf::error)> ended)
      : system_(system), grace_(grace), ended_(std::move(ended)) {
  }

  /// Lets peers address an actor whose handle is about to be sent.
  /// @returns false if the actor is not local, or has no node ID
  bool add(const caf::strong_actor_ptr& x);
  /// Makes `expire` clean up after an actor that CAF has put into its registry,
  /// although its handle was not sent. Peers may address the actor only if they
  /// may already.
  void add_closed(const caf::strong_actor_ptr& x);
  bool publish(const caf::strong_actor_ptr& x);
  void withdraw(caf::actor_id id);
  /// Makes this node ignore exits and links that peers send to this actor.
  void protect(caf::actor_id id);
  bool is_protected(caf::actor_id id) const;

  /// Null if peers may not address the actor.
  caf::strong_actor_ptr get(caf::actor_id id) const;
  bool contains(caf::actor_id id) const;

  // -- for the postman

  /// `lease` counts one more handle that a peer holds. `release` subtracts
  /// `count` handles that a peer has released.
  /// @returns false if peers may not address the actor
  bool lease(caf::actor_id id);
  void release(caf::actor_id id, std::size_t count);
  /// Requests a call of `ended` (see the constructor) when the actor ends.
  /// @returns false if there is no such actor
  bool watch(caf::actor_id id);
  /// What is left after `expire`. For `some`, call it again later; for
  /// `to_release`, soon.
  enum class remaining { nothing, some, to_release };
  /// Forgets the actors that are not published, whose handles no peer holds,
  /// and whose grace is over. Then those that only these actors referred to,
  /// and so on, as far as a limited amount of work goes.
  remaining expire();
  std::size_t size() const;
  void clear();

private:
  struct entry {
    caf::strong_actor_ptr actor;
    std::size_t published = 0;
    std::size_t leases = 0;
    bool watched = false;
    instant until;
    // Peers may no longer address the actor, but it lives on. The entry stays,
    // because the actor never drops what a new entry would attach to it.
    bool is_closed = false;
  };
  struct expired {
    bool some_are_left = false;
    bool has_released = false;
    std::size_t seen = 0; // entries
  };

  const entry* find_open(caf::actor_id id) const;
  entry* find_open(caf::actor_id id);
  bool has_entry(caf::actor_id id) const;
  bool enter(const caf::strong_actor_ptr& x, std::size_t published,
             bool is_open = true);
  void actor_ended(caf::actor_id id, const caf::error& why);
  void release_actors(std::vector<caf::strong_actor_ptr> actors);
  void keep_recent();
  expired expire_once();

  caf::actor_system& system_;
  duration grace_;
  std::function<void(caf::actor_id, caf::error)> ended_;
  mutable std::mutex mutex_;
  std::unordered_map<caf::actor_id, entry> entries_;
  // Open entries. `until` of such an entry counts from the next `expire`.
  recent_exports recent_;
  std::unordered_set<caf::actor_id> protected_;
};

} // namespace cafmesh
