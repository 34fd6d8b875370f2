#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/names.hpp>
#include <cafmesh/router.hpp>

/// Handles of actors on other peers. Serves PROTOCOL.md, "Messages between
/// actors".
///
/// A remote actor's handle is a `caf::actor`: send, request, delegate, monitor,
/// link, compare it, put it into messages. A handle that comes home is the
/// original, and one that goes to a third peer works there.
///
/// From one sender to one receiver, messages arrive at most once and in order.
/// A request gets its answer or an error:
/// - too_large, unknown_type, congested: it was not sent;
/// - lost, ended: it was not carried out;
/// - restarted, left, unreachable: it may have been carried out.
/// A message that is no request is dropped instead, and counted.
///
/// A monitor or link gets one down or exit message, after everything that the
/// remote actor had sent: with the actor's own reason if it has ended, else
/// errc::restarted, left, unreachable or stopped. When an unreachable peer is
/// back, its handles work again.
namespace cafmesh {

struct actor_settings {
  /// A peer that owes an answer and is silent for this long is unreachable.
  std::chrono::milliseconds down_after{10'000};
  /// A peer to which the mesh has had no route for this long has left; at most
  /// `down_after`. Connections that are replaced leave shorter gaps.
  std::chrono::milliseconds left_after{50};
  /// The maximum size of an encoded message, up to 8 MiB.
  std::size_t max_message = 8 * 1024 * 1024;
  /// Bytes that may be on their way to one peer, or wait in the mailboxes of
  /// its actors. A single message of any size may exceed it.
  std::size_t window = 16 * 1024 * 1024;
  /// The same for one actor.
  std::size_t actor_window = 4 * 1024 * 1024;
  /// Whether peers may end published actors with exit messages. Links work
  /// regardless.
  bool remote_exits = false;
  /// For tests that repeat; absent: random.
  std::optional<std::uint64_t> seed;
};

/// No error, or errc::bad_setting that names the field and its range.
caf::error check(const actor_settings& x);

/// Lets the actors of this system and those of other peers find and reach each
/// other: starts the directory of names, and what carries messages between
/// actors. Both end with the router. Call this once for each actor system,
/// before or after `start_mesh`.
/// @param log where to write; null: make_spdlog_sink()
/// @returns errc::no_identity if the system's configuration was made without
///          `add_options`, or errc::bad_setting
caf::expected<directory_actor> join_actors(caf::actor_system& system,
                                           const router_actor& router,
                                           actor_settings config = {},
                                           log_sink_ptr log = nullptr);

} // namespace cafmesh
