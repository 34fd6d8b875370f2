#include "actors/remote/exports.hpp"

#include <algorithm>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_registry.hpp>

#include <cafmesh/errc.hpp>

// Which local actors peers may address, and for how long. No actor is released
// while `mutex_` is held, because a release may end the actor, and
// `actor_ended` then locks `mutex_`.
namespace cafmesh {

namespace {

// The number of entries that one call of `expire` looks at, unless there are
// more.
constexpr std::size_t most_seen = 100'000;

// Whether anybody but this object and CAF's registry refers to the actor.
bool is_held_elsewhere(const caf::strong_actor_ptr& x) {
  return x->strong_refs > 2;
}

} // namespace

bool exports::add(const caf::strong_actor_ptr& x) {
  return x && (recent_.contains(x) || enter(x, 0));
}

void exports::add_closed(const caf::strong_actor_ptr& x) {
  enter(x, 0, false);
}

bool exports::publish(const caf::strong_actor_ptr& x) {
  return enter(x, 1);
}

bool exports::enter(const caf::strong_actor_ptr& x, std::size_t published,
                    bool is_open) {
  if (!x || x->node() == caf::none || x->node() != system_.node())
    return false;
  auto until = system_.clock().now() + (is_open ? grace_ : duration{});
  auto id = x->id();
  {
    std::lock_guard<std::mutex> guard{mutex_};
    auto [place, is_new] = entries_.try_emplace(id);
    auto& kept = place->second;
    if (is_open || is_new) {
      kept.until = std::max(kept.until, until);
      kept.published += published;
      kept.is_closed = !is_open;
    }
    if (is_new)
      kept.actor = x;
    if (auto* before = is_open ? recent_.add(*kept.actor) : nullptr) {
      auto& of_before = entries_.at(before->id()).until;
      of_before = std::max(of_before, until);
    }
    if (!is_new)
      return true;
  }
  // CAF's deserializer finds local actors in the registry. Both calls below
  // need `mutex_` unlocked. They take the actor's lock, and `attach_functor`
  // runs the functor immediately if the actor has ended.
  system_.registry().put(id, x);
  x->get()->attach_functor(
    [weak = weak_from_this(), id](const caf::error& why) {
      if (auto self = weak.lock())
        self->actor_ended(id, why);
    });
  return true;
}

void exports::withdraw(caf::actor_id id) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto found = entries_.find(id);
  if (found != entries_.end() && found->second.published > 0)
    --found->second.published;
}

void exports::protect(caf::actor_id id) {
  std::lock_guard<std::mutex> guard{mutex_};
  protected_.insert(id);
}

bool exports::is_protected(caf::actor_id id) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return protected_.count(id) != 0;
}

caf::strong_actor_ptr exports::get(caf::actor_id id) const {
  std::lock_guard<std::mutex> guard{mutex_};
  const auto* found = find_open(id);
  return found ? found->actor : nullptr;
}

bool exports::contains(caf::actor_id id) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return find_open(id) != nullptr;
}

const exports::entry* exports::find_open(caf::actor_id id) const {
  auto found = entries_.find(id);
  return found == entries_.end() || found->second.is_closed ? nullptr
                                                            : &found->second;
}

exports::entry* exports::find_open(caf::actor_id id) {
  return const_cast<entry*>(std::as_const(*this).find_open(id));
}

bool exports::has_entry(caf::actor_id id) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return entries_.count(id) != 0;
}

bool exports::lease(caf::actor_id id) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto* found = find_open(id);
  if (!found)
    return false;
  ++found->leases;
  return true;
}

void exports::release(caf::actor_id id, std::size_t count) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  found->second.leases -= std::min(count, found->second.leases);
}

bool exports::watch(caf::actor_id id) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto* found = find_open(id);
  if (!found)
    return false;
  found->watched = true;
  return true;
}

// Reads the clock after it has emptied `recent_`, because until then `add` may
// export these actors without a lock.
void exports::keep_recent() {
  const auto recent = recent_.take();
  const auto until = system_.clock().now() + grace_;
  for (const auto* x : recent)
    entries_.at(x->id()).until = until;
}

exports::remaining exports::expire() {
  auto last = expire_once();
  for (auto seen = last.seen; last.has_released && seen < most_seen;
       seen += last.seen)
    last = expire_once();
  if (last.has_released)
    return remaining::to_release;
  return last.some_are_left ? remaining::some : remaining::nothing;
}

exports::expired exports::expire_once() {
  expired result;
  std::vector<caf::strong_actor_ptr> unneeded;
  std::vector<caf::actor_id> watched;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    keep_recent();
    const auto now = system_.clock().now();
    result.seen = entries_.size();
    for (auto i = entries_.begin(); i != entries_.end();) {
      auto& x = i->second;
      auto is_needed = x.published > 0 || x.leases > 0;
      if (is_needed || x.until > now) {
        result.some_are_left = result.some_are_left || !is_needed;
        ++i;
        continue;
      }
      if (std::exchange(x.watched, false))
        watched.push_back(i->first);
      if (is_held_elsewhere(x.actor)) {
        x.is_closed = result.some_are_left = true;
        ++i;
        continue;
      }
      unneeded.push_back(std::move(x.actor));
      i = entries_.erase(i);
    }
  }
  result.has_released = !unneeded.empty();
  release_actors(std::move(unneeded));
  // For released actors that are watched, reports the end, although they may
  // still run. A peer's handles beyond `max_handles` keep no actor alive, so an
  // actor can be watched without being kept alive.
  for (auto id : watched)
    ended_(id, make_error(errc::ended, "it may no longer be addressed"));
  return result;
}

std::size_t exports::size() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return static_cast<std::size_t>(
    std::count_if(entries_.begin(), entries_.end(),
                  [](const auto& x) { return !x.second.is_closed; }));
}

void exports::clear() {
  std::vector<caf::strong_actor_ptr> all;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    recent_.take();
    for (auto& x : entries_)
      all.push_back(std::move(x.second.actor));
    entries_.clear();
  }
  release_actors(std::move(all));
}

// Releasing the last reference to an actor ends it and calls `actor_ended`.
void exports::release_actors(std::vector<caf::strong_actor_ptr> actors) {
  // With `caf::io`, the registry keeps the entries, which `caf::io` may have
  // made.
  if (system_.has_middleman())
    return;
  for (const auto& x : actors) {
    system_.registry().erase(x->id());
    // Another thread may have added the actor again in the meantime.
    if (has_entry(x->id()))
      system_.registry().put(x->id(), x);
  }
}

void exports::actor_ended(caf::actor_id id, const caf::error& why) {
  caf::strong_actor_ptr last;
  bool watched = false;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    protected_.erase(id);
    auto found = entries_.find(id);
    if (found == entries_.end())
      return;
    recent_.remove(*found->second.actor);
    last = std::move(found->second.actor);
    watched = found->second.watched;
    entries_.erase(found);
  }
  if (watched)
    ended_(id, why);
}

} // namespace cafmesh
