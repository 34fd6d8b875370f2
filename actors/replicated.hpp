#pragma once

#include <cstdint>
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
#include <cafmesh/storage.hpp>
#include <cafmesh/type_ids.hpp>

/// Replicated values: state that converges on all peers of a channel. On each
/// peer, an actor holds the value and gossips it. Users read, change and watch
/// the value. grow_counter, lww_map and observed_remove_set are ready-made
/// values.
///
/// A value type V of your own is copyable and has
///
///     std::optional<V> merge(const V& other);
///         // adds `other`; returns the part that was new, or nullopt
///     std::vector<payload> encode() const;
///         // messages that can be merged one by one in any order, each below
///         // 9 MiB, better below 1 MiB; none if the value is empty
///     caf::expected<V> decode(byte_view) const;
///         // or static; an error if the bytes make no sense
///     caf::expected<V> decode(byte_view, std::size_t& surplus) const;
///         // optional, instead of the other `decode`: also says how many
///         // bytes after the value it ignored; channel_status counts these
///         // messages
///     void advance(instant now);
///         // optional: called before other operations, for values that expire.
///         // The first `now` may be any time, even a negative one
///     void set_date(std::chrono::system_clock::time_point now);
///         // optional: called before the first operation in each second, for
///         // values that ignore what honest peers cannot have reached by now
///     bool is_ahead_of(std::chrono::system_clock::time_point now) const;
///         // optional, called for changes: whether peers with this date ignore
///         // a part of the change, which is then broadcast again 3 s later
///     payload question() const;
///         // optional: see spawn_replicated
///     caf::error load(byte_view);
///         // optional: merges a message that was stored; used instead of
///         // decode and merge for a faster start
///     class loader;
///         // optional, instead of load: loads many messages together, with
///         // the members of lww_map::loader
///     bool is_full() const;
///     std::uint64_t refused() const;
///         // optional: whether the value has reached a limit, and how many
///         // items it has ignored for this reason; see `value_status`
///     std::size_t memory() const;
///         // optional: the memory that the value takes, in bytes; limits the
///         // changes that wait for slow neighbours, watchers and a file
///     static constexpr std::string_view stored_as;
///         // optional: the name of the type and of its encoding in files; by
///         // default the compiler's name of the type
///
/// where merge is commutative, associative and idempotent. A change is a small
/// V.
///
/// A large V should be cheap to copy, because a change copies the value if
/// anybody holds a snapshot. With the following members, replicas that agree
/// exchange a few bytes instead of the whole value:
///
///     payload outline(peer_name from) const;
///         // a short message that describes the value, sent by `from`
///     static bool is_outline(byte_view message);
///     caf::expected<comparison> compare(byte_view, peer_name self) const;
///         // takes an outline; finds what its sender and we need from each
///         // other
///     payload take_part(key_range& x) const;
///         // a message with the next items of the range, which are removed
///         // from `x`; empty if none is left
///     std::size_t bytes_of_content() const;
///         // roughly the total size of all items in bytes
///
/// The types are defined in detail/comparison.hpp. lww_map and
/// observed_remove_set have these members. grow_counter has none of them and is
/// gossiped as a whole, which its default limit keeps below 3 MB.
///
/// Write CAFMESH_REPLICATED_TYPES(V) once, outside all namespaces.
namespace cafmesh {

/// An immutable value, shared between actors and threads.
template <class V>
using snapshot = std::shared_ptr<const V>;

/// users -> replicated. Answered with a snapshot of the value.
template <class V>
struct get_value {};

/// users -> replicated: change the value. `change` takes the value and returns
/// the V to merge into it, or an error, which changes nothing. `change` runs in
/// the actor and must not throw. Answered with a snapshot of the new value, or
/// with the error; errc::bad_setting if `change` is empty. The new part of the
/// value is broadcast before the answer, together with the new parts of other
/// updates that wait at this moment. So a node that is stopped after the answer
/// still sends the change.
///
/// If `durable` is set, the answer comes once the change and all earlier
/// changes are on disk and survive a power cut. The answer may also be an
/// error: errc::bad_setting if the value has no storage (then nothing has
/// changed), storage_failed if the storage fails (then the change has been made
/// and broadcast, and is stored if the storage works again before the actor
/// ends), or stopped if the actor ends first. Updates that wait at the same
/// time share a write.
template <class V>
struct update {
  std::function<caf::expected<V>(const V&)> change;
  bool durable = false;
};

/// replicated -> watchers: the value, and the part of it that is new to the
/// watcher. The watcher gets its next message when its handler has returned, or
/// has delivered its promise. Changes made until then are combined. If they
/// would take more memory than the value, `news` is `value` itself, as in the
/// first message. In this case, the items that `value` lacks have been deleted.
template <class V>
struct value_changed {
  snapshot<V> value;
  snapshot<V> news;
};

/// An actor that users write. It receives changes of a value.
template <class V>
using value_watcher_actor = caf::typed_actor<caf::reacts_to<value_changed<V>>>;

/// users -> replicated: send the whole value to this actor immediately, and
/// then each change until the actor ends. Cast a dynamically typed watcher with
/// caf::actor_cast.
template <class V>
struct watch {
  value_watcher_actor<V> watcher;
};

/// users -> replicated. Answered with the channel once it is joined, or with
/// the error if it cannot be joined.
struct get_channel {};

/// users -> replicated. Answered with value_status.
struct get_value_status {};

/// The effects of a value's limit. They are also logged, at most once a minute.
struct value_status {
  bool is_full = false;      ///< always false if V has no `is_full`
  std::uint64_t refused = 0; ///< items of other peers that V has ignored,
                             ///< counted each time that they are sent
};

/// A replicated value, which is also the gossiper of its channel.
template <class V>
using replicated_actor = gossiper_actor::extend<
  typename caf::replies_to<get_value<V>>::template with<snapshot<V>>,
  typename caf::replies_to<update<V>>::template with<snapshot<V>>,
  caf::reacts_to<watch<V>>,
  caf::replies_to<get_channel>::with<gossip_channel_actor>,
  caf::replies_to<get_storage_status>::with<storage_status>,
  caf::replies_to<get_value_status>::with<value_status>>;

/// Spawns a replica: an actor that joins `channel` and ends with the node. If
/// it cannot join, it ends with the error, e.g. duplicate_channel. To miss no
/// message, request `get_channel` and await the answer before `start_mesh`.
///
/// An actor that joins a running mesh asks up to eight peers, neighbours first,
/// for the whole value. They answer by unicast. The question is a unicast with
/// V's `question()`, or without data if V has none. Answers are limited. Each
/// peer gets two answers without delay, then one per minute. All peers whose
/// questions come through the same neighbour together get 16, then one every 5
/// s. All neighbours that ask for themselves together get 128, then one per
/// second. All other peers together get 64, then one every 5 s. For the last
/// two limits, an answer of less than 1 MiB counts by its size. If V has an
/// outline, the actor instead sends the outline to one peer after the other
/// until a peer answers. Answers to outlines are limited by their size. An
/// answer with the whole value also counts against the limits above. If
/// gossipers of a different kind share the channel, they may refuse a message
/// without data. In this case, give V a `question()` that encodes an empty
/// value. Without an answer, the next periodic gossip brings the value, or an
/// outline of it if it is large.
///
/// Bytes that do not decode change nothing. For their effect on the connection,
/// see gossiping.hpp.
///
/// With a file in the options, the value survives even if every replica ends.
/// The actor reads the file before it joins the channel. Until then, requests
/// wait. A separate thread then writes changes, including those of other peers,
/// within moments. Each transaction has all changes that wait. If the process
/// is killed, changes of its last moments are lost. After a power cut, changes
/// of the last seconds are lost too, unless they were durable (see `update`).
/// The file holds the value's messages, and changes of up to the same size or 1
/// MiB, whichever is greater. While the whole value is written, the file takes
/// twice as much.
///
/// - A `grow_counter` that restarts under its old name counts on from its
///   stored number, and an `lww_map` writes with greater clocks than the stored
///   clocks. Changes that were not stored come from other peers, as without
///   storage. Before they have come, new changes may get the same numbers or
///   clocks. An acknowledged durable increment is never lost.
/// - Tombstones age by the wall clock while the node is down. If the wall clock
///   is ahead at a restart, tombstones expire early, before their retention is
///   over.
/// - A file that cannot be opened or read, because it is locked, damaged, in a
///   different format or made for a different type of value, remains as it is.
///   The actor then keeps the value in memory and joins with `initial`.
/// - If changes cannot be written, for instance to a full disk, they wait in
///   memory and are tried again. They take at most as much memory as the whole
///   value.
///
/// `get_storage_status` returns the state of the storage. Errors are also
/// logged.
template <class V>
replicated_actor<V> spawn_replicated(caf::actor_system& system,
                                     router_actor router, std::string channel,
                                     V initial = V{},
                                     replicated_options options = {});

} // namespace cafmesh

/// Lets CAF send the messages of a replicated V within the process.
#define CAFMESH_REPLICATED_TYPES(V)                                            \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::snapshot<V>)                          \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_value<V>)                         \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::update<V>)                            \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::value_changed<V>)                     \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch<V>)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_value_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::value_status)
CAFMESH_REPLICATED_TYPES(cafmesh::grow_counter)
CAFMESH_REPLICATED_TYPES(cafmesh::lww_map)
CAFMESH_REPLICATED_TYPES(cafmesh::observed_remove_set)

#include <cafmesh/detail/replicated_state.hpp>

namespace cafmesh {

extern template replicated_actor<grow_counter>
spawn_replicated(caf::actor_system&, router_actor, std::string, grow_counter,
                 replicated_options);
extern template replicated_actor<lww_map> spawn_replicated(caf::actor_system&,
                                                           router_actor,
                                                           std::string, lww_map,
                                                           replicated_options);
extern template replicated_actor<observed_remove_set>
spawn_replicated(caf::actor_system&, router_actor, std::string,
                 observed_remove_set, replicated_options);

} // namespace cafmesh
