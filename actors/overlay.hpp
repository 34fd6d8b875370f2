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

/// An overlay carries an application's own traffic, usually datagrams, beside
/// each mesh connection and reports whether this traffic gets through. Users
/// write two actors: the overlay, one per node, and the overlay_connection, one
/// per connection. Without an overlay, each connection is established as soon
/// as it is admitted. See PROTOCOL.md, "Features", "Messages" and "Admission".
///
///     connection                          overlay or overlay_connection
///       get_overlay_features        ->
///                                   <-      features for the remote
///       prepare_overlay_connection  ->
///                                   <-      a passive overlay_connection
///       confirm_overlay             ->      (the connection is admitted)
///       overlay_control_arrived     ->
///                                   <-      send_overlay_control
///                                   <-      overlay_established, once
///                                   <-      overlay_failed
///       exit message                ->      (the connection has ended)
///
/// On connections of protocol version 1, no overlay features are exchanged and
/// neither side trusts the other.
namespace cafmesh {

/// The tags of messages that overlays exchange.
enum class overlay_tag : std::uint8_t {
  /// These three tags are for overlays that predate `control`.
  legacy_1 = 1,
  legacy_2 = 2,
  legacy_3 = 3,
  control = 7,
};

/// Features that peers exchange in the introduction, by key.
using overlay_features = std::map<std::string, std::string>;

// -- overlay_connection -> connection

/// The overlay's traffic gets through: the connection becomes established.
struct overlay_established {};

/// The overlay's traffic does not get through: the connection closes.
struct overlay_failed {
  caf::error why;
};

/// Data for the overlay_connection at the other end: at most 10 MiB less the 17
/// bytes that its frame needs for tag and seal. Answered with errc::too_large
/// if the data is larger, malformed if the tag is not an overlay_tag, or
/// no_connection if the connection is not admitted yet or is closing.
struct send_overlay_control {
  overlay_tag tag = overlay_tag::control;
  payload data;
};

/// The mesh connection, as its overlay_connection sees it.
using overlay_host_actor =
  caf::typed_actor<caf::reacts_to<overlay_established>,
                   caf::reacts_to<overlay_failed>,
                   caf::reacts_to<send_overlay_control>>;

// -- connection -> overlay_connection

/// The connection was admitted. The overlay_connection must find out whether
/// its traffic gets through.
struct confirm_overlay {};

/// Data that the remote's overlay sent, in order. The data is not checked; its
/// size is below 10 MiB. The connection stops reading while the data of four
/// earlier reads is not handled. If the handler defers its answer and does not
/// answer within `settings::stall_limit`, the connection closes.
struct overlay_control_arrived {
  overlay_tag tag = overlay_tag::control;
  payload data;
};

/// Answered with overlay_attributes. Without an answer within 500 ms, the
/// connection's status has no attributes.
struct get_overlay_attributes {};

/// Text for the connection's status: `name` and any further attributes.
struct overlay_attributes {
  std::map<std::string, std::string> values;
};

/// An actor that users write, one per mesh connection. It receives an exit
/// message when the connection ends. If the actor ends first, the connection
/// closes.
using overlay_connection_actor = caf::typed_actor<
  caf::reacts_to<confirm_overlay>, caf::reacts_to<overlay_control_arrived>,
  caf::replies_to<get_overlay_attributes>::with<overlay_attributes>>;

// -- connection -> overlay

/// Answered with features that are sent in addition to those of the mesh, and
/// cannot replace them. An error, or no answer within
/// `settings::effective_patience()`, closes the connection.
struct get_overlay_features {};

/// Answered with an overlay_connection, which sends nothing until
/// `confirm_overlay`. An error, or no answer within
/// `settings::effective_patience()`, closes the connection.
struct prepare_overlay_connection {
  peer_summary remote;
  std::string local_address; ///< our `ip:port` on the TCP connection
  /// The remote's `ip:port`; the port is ephemeral if the connection is
  /// inbound.
  std::string remote_address;
  bool outbound = false;
  connection_uid uid{};
  /// The key of the connection. Null if there is no password, or if both sides
  /// trust each other. The mesh's own frames use the same key, with nonces
  /// whose first byte has bit 6 set. This bit must be 0 in the overlay's
  /// nonces.
  std::shared_ptr<const crypto::key> session_key;
  overlay_features features; ///< all features of the remote
  overlay_host_actor host;
};

/// status query -> overlay. Answered with JSON text for the status.
struct get_overlay_diagnostics {};

/// An actor that users write, one per node. It receives an exit message when
/// the node stops.
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
