#pragma once

#include <functional>
#include <memory>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/grow_counter.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>
#include <cafmesh/type_ids.hpp>

/// State that is the same on every peer of a channel, without writing a
/// gossiper: a value type that can be merged becomes an actor that is read,
/// changed and watched.
///
/// A value type V is copyable and has
///
///     std::optional<V> merge(const V& other);
///         // takes over what `other` adds; returns just that, or nothing
///     std::vector<payload> encode() const;
///         // messages that can be merged one by one, in any order; each below
///         // 9 MiB, better below 1 MiB; none if there is nothing to say
///     caf::expected<V> decode(byte_view) const;
///         // or static; what makes no sense is an error
///     void advance(instant now);
///         // may be left out; called before anything else, for values with age
///     payload question() const;
///         // may be left out, see spawn_replicated: an encoding of nothing, for
///         // channels with gossipers of another make
///
/// where merging is commutative, associative and idempotent: peers that merged
/// the same, in whatever order and however often, hold the same. A change is a
/// small V. Types of your own are announced once, outside of all namespaces,
/// with CAFMESH_REPLICATED_TYPES(V); grow_counter, lww_map and observed_remove_set
/// are ready-made.
namespace cafmesh {

/// Does not change any more; shared between actors and threads.
template <class V>
using snapshot = std::shared_ptr<const V>;

/// anybody -> replicated: the value as it is. -> snapshot
template <class V>
struct get_value {};

/// anybody -> replicated: change the value. `change` looks at the value and
/// makes what is to be merged in, or an error, with which it stays as it was;
/// it runs in the actor and must not throw. Answered with the value that came
/// of it, or the error. Every peer is told.
template <class V>
struct update {
  std::function<caf::expected<V>(const V&)> change;
};

/// replicated -> watchers: what the value is now, and what was new of it;
/// changes in quick succession come as one.
template <class V>
struct value_changed {
  snapshot<V> value;
  snapshot<V> news;
};

/// What a user writes to be told of changes.
template <class V>
using value_watcher_actor = caf::typed_actor<caf::reacts_to<value_changed<V>>>;

/// anybody -> replicated: tell me of changes, and at once of all there is. Ends
/// with the watcher. (For a dynamically typed actor use caf::actor_cast.)
template <class V>
struct watch {
  value_watcher_actor<V> watcher;
};

/// anybody -> replicated: answered with the channel once it is joined.
struct get_channel {};

/// Also the gossiper of its channel.
template <class V>
using replicated_actor = gossiper_actor::extend<
  typename caf::replies_to<get_value<V>>::template with<snapshot<V>>,
  typename caf::replies_to<update<V>>::template with<snapshot<V>>,
  caf::reacts_to<watch<V>>,
  caf::replies_to<get_channel>::with<gossip_channel_actor>>;

/// Spawns the actor, which joins `channel` by itself and then ends with it, that
/// is with the node. Where it cannot join it ends with the reason, e.g.
/// errc::duplicate_channel; ask it for its channel to know, and before the node
/// is started, so that nothing passes by.
///
/// Joined to a mesh that runs already, it asks up to eight peers, neighbours
/// first, for all they have, by a unicast that holds V's `question()`, or no
/// bytes at all; they answer by unicast. Where none of them has the value, or
/// only peers of another make have, it hears of older changes with the next
/// periodic gossip. Bytes from the mesh that make no sense
/// change nothing and close the connection that they came from.
template <class V>
replicated_actor<V> spawn_replicated(caf::actor_system& system,
                                     router_actor router, std::string channel,
                                     V initial = V{});

} // namespace cafmesh

/// What CAF has to be told of the messages of a replicated V.
#define CAFMESH_REPLICATED_TYPES(V)                                            \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::snapshot<V>)                          \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_value<V>)                         \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::update<V>)                            \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::value_changed<V>)                     \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch<V>)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_channel)
CAFMESH_REPLICATED_TYPES(cafmesh::grow_counter)
CAFMESH_REPLICATED_TYPES(cafmesh::lww_map)
CAFMESH_REPLICATED_TYPES(cafmesh::observed_remove_set)

#include <cafmesh/detail/replicated_behavior.hpp>

namespace cafmesh {

extern template replicated_actor<grow_counter>
spawn_replicated(caf::actor_system&, router_actor, std::string, grow_counter);
extern template replicated_actor<lww_map>
spawn_replicated(caf::actor_system&, router_actor, std::string, lww_map);
extern template replicated_actor<observed_remove_set>
spawn_replicated(caf::actor_system&, router_actor, std::string,
                 observed_remove_set);

} // namespace cafmesh
