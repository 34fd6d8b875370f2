#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/typed_actor.hpp>

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

class actor_carrier;
struct homes_changed;

struct actor_settings {
  /// A peer that owes an answer and is silent for this long is unreachable.
  std::chrono::milliseconds down_after{10'000};
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

/// The actor layer of one node. Others address its actors as long as it lives:
/// it ends with the router, or after an exit message, which tells the peers
/// that this one leaves.
struct actor_mesh {
  /// For the directory of names: makes handles. Never null.
  std::shared_ptr<actor_carrier> carrier;
  /// Must be told which lives there are.
  caf::typed_actor<caf::reacts_to<homes_changed>> postman;
};

/// Joins the channel `cafmesh/actors` of a router. One actor system is one
/// node: call this once for each.
/// @returns errc::no_identity if the system's configuration was made without
///          `add_options`, or errc::bad_setting
caf::expected<actor_mesh> spawn_actor_mesh(caf::actor_system& system,
                                           const router_actor& router,
                                           actor_settings config = {},
                                           log_sink_ptr log = nullptr);

/// The number of messages that are no requests and were dropped here, because
/// they could not be sent or were for no actor.
/// @pre `x` is a result of `spawn_actor_mesh`
std::uint64_t dropped_messages(const actor_mesh& x);

} // namespace cafmesh
