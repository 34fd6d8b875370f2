#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/names.hpp>
#include <cafmesh/router.hpp>

/// Handles of actors on other peers. See PROTOCOL.md, "Messages between
/// actors".
///
/// The handle of a remote actor is a `caf::actor`. It can be used like a local
/// handle: to send, request, delegate, monitor, link or compare, and in
/// messages. At the actor's own peer, a received handle becomes the local
/// handle. A handle that is sent to a third peer works there too.
///
/// From one sender to one receiver, messages arrive at most once and in order.
/// A request gets its answer or an error:
/// - lost, ended: the request was not carried out;
/// - too_large, unknown_type, congested: the request was not carried out, or
///   its answer was refused;
/// - answer_lost: the request was carried out, but its answer was lost;
/// - restarted, left, unreachable: the request may have been carried out.
///
/// The sender of a message that is not a request gets no error. Undelivered
/// messages of this kind are counted and reported (dead_letters.hpp).
///
/// A monitor or link gets one down or exit message, after everything that the
/// remote actor has sent. If the actor has ended, the message gives the actor's
/// own reason. Otherwise, the reason is errc::restarted, left, unreachable or
/// stopped. When an unreachable peer is back, its handles work again.
namespace cafmesh {

/// The settings of the layer between actors. Each field is a row of a table in
/// actors/settings/actor_settings.cpp, from which options, checks and help are
/// made. Times are longer than 0 and at most a year.
struct actor_settings {
  /// A peer that owes an answer and is silent for this long counts as
  /// unreachable. At least 100 ms.
  std::chrono::milliseconds down_after{10'000};
  /// A peer counts as having left if the mesh has had no route to it for this
  /// long. At most `down_after`. A route may be absent for a shorter time while
  /// a connection is replaced.
  std::chrono::milliseconds left_after{50};
  /// How long peers may address an actor after its handle has been sent in a
  /// message, even if no peer holds a handle. The handle may still be on its
  /// way, perhaps to a third peer.
  std::chrono::milliseconds handle_grace{30'000};
  /// The maximum size of an encoded message, sent or received, up to 256 MiB.
  /// A message to a topic is at most 8 MiB regardless.
  std::size_t max_message = 8 * 1024 * 1024;
  /// The maximum number of bytes that are on their way to one peer, or wait in
  /// the mailboxes of its actors; at least 1024. A single message may exceed
  /// this window. Messages beyond 64 KiB count against `large_window` instead.
  std::size_t window = 16 * 1024 * 1024;
  /// The same maximum for one actor; at most `window`.
  std::size_t actor_window = 4 * 1024 * 1024;
  /// Like `window`, for messages beyond 64 KiB. They travel in fragments, so
  /// that smaller messages to other actors can overtake them. One actor may use
  /// a quarter of this window; answers may use twice the window. At least 1024.
  std::size_t large_window = 32 * 1024 * 1024;
  /// The maximum number of bytes of incomplete messages beyond 64 KiB, from all
  /// peers together; at least `max_message`. Beyond this maximum, the peer with
  /// the most bytes loses its oldest incomplete message.
  std::size_t partial_limit = 256 * 1024 * 1024;
  /// The maximum number of our actors to which one peer may hold handles, and
  /// also the maximum number that it may monitor. Further handles keep no actor
  /// alive, and further monitors get errc::congested. This field,
  /// `max_open_requests` and `max_nodes` are at most 2^30.
  std::size_t max_handles = 128 * 1024;
  /// The maximum number of requests to all peers that may wait for answers.
  /// Beyond this maximum, the oldest request is answered with
  /// errc::unreachable.
  std::size_t max_open_requests = 256 * 1024;
  /// The maximum number of other actor systems to whose actors this node has
  /// handles. A message with a handle beyond this limit is refused with
  /// errc::congested.
  std::size_t max_nodes = 16 * 1024;
  /// The maximum number of bytes of messages to topics that may wait in one
  /// subscriber's mailbox; at least 1024. A single message of any size may
  /// exceed it.
  std::size_t topic_window = 4 * 1024 * 1024;
  /// The maximum number of dropped messages that wait for one watcher of dead
  /// letters, up to 65536. Further messages are only counted.
  std::size_t dead_letter_window = 256;
  /// Whether peers may end published actors with exit messages. Links work
  /// regardless.
  bool remote_exits = false;
  /// The actor types that peers may spawn here: names that the application has
  /// given to `caf::actor_system_config::add_actor_type`. At most 1024 names,
  /// of up to 249 bytes.
  std::vector<std::string> spawnable;
  /// The maximum number of live actors that one peer has spawned here; at most
  /// 2^30.
  std::size_t max_spawned = 64;
  /// The time limit for making an actor for a peer. After this time, the peer's
  /// request fails. An actor that is made later ends immediately.
  std::chrono::milliseconds spawn_time{30'000};
  /// Seeds random choices, for repeatable tests. Absent: a random seed.
  std::optional<std::uint64_t> seed;
};

/// @returns no error, or errc::bad_setting, which names the field and its range
caf::error check(const actor_settings& x);

/// Reads the settings from the options `actors.down-after` and so on, which
/// `add_options` adds: `--actors.down-after=5s` on the command line, or
/// `down-after = 5s` below `[actors]` in the configuration file.
/// @returns the settings, or errc::bad_setting. The error names the option, the
///          given value and the valid values
caf::expected<actor_settings>
get_actor_settings(const caf::actor_system_config& config);

/// Lets the actors of this system and those of other peers find and reach each
/// other. Starts the directory of names, and the postman, which carries
/// messages between actors. Both end with the router. Call this function once
/// for each actor system, before or after `start_mesh`.
/// @param config absent: the settings in the system's options, or else the
///        defaults
/// @param log where to write; null: make_spdlog_sink()
/// @returns the directory; errc::no_identity if the system's configuration was
///          made without `add_options`; or errc::bad_setting, for instance if a
///          name in `spawnable` is not a type that the application has
///          registered. After an error, the router goes on without actors
caf::expected<directory_actor>
join_actors(caf::actor_system& system, const router_actor& router,
            std::optional<actor_settings> config = std::nullopt,
            log_sink_ptr log = nullptr);

} // namespace cafmesh
