#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/ids.hpp>
#include <cafmesh/key.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_record.hpp>

/// The other way between two neighbours: an overlay carries an application's
/// own traffic, usually datagrams, beside each mesh connection, and says when
/// that way works. Users write two actors; without them each connection counts
/// as established at once. On a connection of protocol version 1 an overlay is
/// told no features of the remote's, its own do not arrive there, and nobody is
/// trusted; all else works.
///
///     connection                          overlay / overlay_connection
///       get_overlay_features        ->      what to tell the remote
///       prepare_overlay_connection  ->      a passive overlay_connection
///       (tied into the topology)
///       confirm_overlay             ->      may begin to probe
///       overlay_control_arrived     ->
///                                   <-      send_overlay_control
///                                   <-      overlay_established, once
///                                   <-      overlay_failed closes the connection
///       exit message                ->      the connection is gone
namespace cafmesh {

/// The kinds of messages that overlays exchange; the numbers are the protocol's.
enum class overlay_tag : std::uint8_t {
  /// Older than `control`, for overlays that still use them.
  legacy_1 = 1,
  legacy_2 = 2,
  legacy_3 = 3,
  control = 7,
};

/// What peers tell each other when they introduce themselves.
using overlay_features = std::map<std::string, std::string>;

// -- overlay_connection -> connection

/// The overlay works: so does the connection, as far as routes over
/// established connections are concerned.
struct overlay_established {};

/// It does not, or no longer.
struct overlay_failed {
  caf::error why;
};

/// Through the mesh connection to the remote's overlay_connection. Answered with
/// errc::too_large or no_connection.
struct send_overlay_control {
  overlay_tag tag = overlay_tag::control;
  payload data;
};

/// The connection, as its overlay sees it.
using overlay_host_actor =
  caf::typed_actor<caf::reacts_to<overlay_established>,
                   caf::reacts_to<overlay_failed>,
                   caf::reacts_to<send_overlay_control>>;

// -- connection -> overlay_connection

/// The connection is really wanted, no duplicate: begin.
struct confirm_overlay {};

/// What the remote sent with `send_overlay_control`, in order. Foreign bytes: up
/// to 10 MiB less 17 bytes, never checked.
struct overlay_control_arrived {
  overlay_tag tag = overlay_tag::control;
  payload data;
};

/// -> for the status: `name`, and whatever else is of interest.
struct get_overlay_attributes {};

/// Text for people and monitoring.
struct overlay_attributes {
  std::map<std::string, std::string> values;
};

/// One a mesh connection. Ends with an exit message when that is gone; its own
/// end closes the connection.
using overlay_connection_actor = caf::typed_actor<
  caf::reacts_to<confirm_overlay>, caf::reacts_to<overlay_control_arrived>,
  caf::replies_to<get_overlay_attributes>::with<overlay_attributes>>;

// -- connection -> overlay

/// -> features to add to ours; those of the mesh itself cannot be replaced.
struct get_overlay_features {};

/// -> the overlay's side of a connection, passive until it is confirmed, or an
/// error that closes the connection.
struct prepare_overlay_connection {
  peer_summary remote;
  std::string local_address;  ///< `ip:port` of our end of the TCP connection
  std::string remote_address; ///< where to send to, if `outbound`
  bool outbound = false;
  connection_uid uid{};
  /// Null without a password, and where both sides trust each other. Shared
  /// with the mesh's own frames: nonces must keep out of their way, whose first
  /// byte has bit 6 set.
  std::shared_ptr<const crypto::key> session_key;
  overlay_features features; ///< all that the remote said
  overlay_host_actor host;
};

/// router -> overlay, for the status. -> JSON
struct get_overlay_diagnostics {};

/// Sent an exit message when the node stops.
using overlay_actor = caf::typed_actor<
  caf::replies_to<get_overlay_features>::with<overlay_features>,
  caf::replies_to<prepare_overlay_connection>::with<overlay_connection_actor>,
  caf::replies_to<get_overlay_diagnostics>::with<std::string>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_established)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::send_overlay_control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::confirm_overlay)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_control_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_overlay_attributes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_attributes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_overlay_features)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::prepare_overlay_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_overlay_diagnostics)
