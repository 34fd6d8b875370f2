#pragma once

/// The error codes of this library, and functions that make, render and
/// recognise its errors.

#include <cstdint>
#include <string>

// CAF 0.17's error.hpp needs this header first.
#include <caf/make_message.hpp>

#include <caf/error.hpp>

namespace cafmesh {

/// Every error of this library. An error has a code, and usually a text that
/// says what was expected and what arrived. `describe` renders both. A breach
/// of the protocol closes the connection, and the remote does not get the
/// error.
enum class errc : std::uint8_t {
  /// Data does not decode, or is not allowed where it arrived.
  malformed = 1,
  /// A size or a number exceeds its limit.
  too_large,
  /// The remote did not send the header of the mesh protocol.
  bad_header,
  /// The two sides have no protocol version in common.
  version_mismatch,
  /// One side has a password and the other has none.
  encryption_mismatch,
  /// A sealed frame does not open: the passwords differ, or the frame is
  /// damaged.
  cannot_open,
  /// The remote's public key has low order, which makes the shared secret
  /// predictable.
  weak_key,
  /// A feature of the remote's introduction is missing or does not parse.
  bad_feature,
  /// The remote uses the other kind of peer names; see name_flavour.
  flavour_mismatch,
  /// Text or bytes are not a peer name of our flavour, or name the unknown
  /// peer.
  bad_peer_name,
  /// Text is not `host[:port]`, or must be numeric and is not.
  bad_address,
  /// Another live peer has our name.
  name_collision,
  /// The connection leads back to ourselves.
  connected_to_self,
  /// Another connection to the same peer exists and is kept.
  multiple_connections,
  /// We dialled an address from another peer's record, and reached a peer that
  /// no record mentions.
  unknown_peer,
  /// `settings::connection_limit` or the limit on open files leaves no room.
  connection_limit,
  /// The remote sent nothing, or took none of the waiting data, for too long;
  /// or a lookup, dial, gossiper or overlay took too long.
  timed_out,
  /// The remote closed the connection.
  connection_closed,
  /// A socket operation failed; the text holds the system's reason.
  socket_failed,
  /// Another socket listens on this address.
  address_in_use,
  /// A host name does not resolve.
  cannot_resolve,
  /// This node knows no path to the destination.
  no_route,
  /// This node knows a path, but the connection to the next hop is gone.
  no_connection,
  /// The queue for the next hop is full, or the next hop accepts no data.
  congested,
  /// The channel of that name already has a gossiper on this node.
  duplicate_channel,
  /// No actor of this node has joined the channel, and the node does not relay
  /// it: either the node relays no channels at all, or a neighbour names too
  /// many new channels per second.
  too_many_channels,
  /// A setting or argument is missing or out of range, or two settings
  /// contradict each other.
  bad_setting,
  /// The node was started twice.
  already_started,
  /// The node was stopped. After its actors have ended, CAF answers in their
  /// place with `sec::request_receiver_down`, which `is` treats as this error.
  stopped,
  /// The node no longer accepts the password of this connection.
  password_dropped,
  /// No reachable peer publishes an actor under this name, or none with the
  /// wanted interface.
  unknown_name,
  /// A bug: an actor of the node ended without being told to.
  internal,
  /// The actor system has no random node ID: its configuration was made without
  /// `add_options`.
  no_identity,
  /// A message has a type that may not leave the process, or that is not
  /// registered with CAF here or at the receiver. The text names the type.
  unknown_type,
  /// A request was lost on its way and has not been carried out.
  lost,
  /// The remote actor has ended, or its peer does not let us address it.
  ended,
  /// The peer of the remote actor was restarted. After this error, errc::left
  /// or errc::unreachable, it is unknown whether a request was carried out.
  restarted,
  /// The peer of the remote actor has left the mesh.
  left,
  /// The peer of the remote actor has been unreachable for too long.
  unreachable,
  /// There are too many unauthenticated remotes, or they fill too much memory.
  /// See `settings::max_strangers` and PROTOCOL.md, "Limits and times".
  stranger_limit,
  /// The storage of a replicated value cannot be opened, read or written; the
  /// text says why.
  storage_failed,
  /// The answer to a request was lost on its way. Unlike with errc::lost, the
  /// request has been carried out.
  answer_lost,
  /// The peer does not let others spawn actors of this type. See
  /// `actor_settings::spawnable`.
  not_spawnable,
  /// The arguments do not fit the type of the actor to be spawned, the actor
  /// lacks the wanted interface, or its constructor failed.
  spawn_failed,
  /// The number of our living actors at that peer has reached the peer's limit.
  /// See `actor_settings::max_spawned`.
  too_many_actors,
};

/// The enumerator's name, e.g. `no_route`.
const char* to_string(errc code) noexcept;

/// Makes an error without text. CAF calls this to convert an errc implicitly.
caf::error make_error(errc code);

caf::error make_error(errc code, std::string text);

/// Renders an error as `no_route: unknown peer 01:...`. Errors of other
/// categories are rendered by CAF; an empty error renders as `none`.
std::string describe(const caf::error& what);

/// Whether `what` has this code. `sec::request_receiver_down` counts as
/// errc::stopped.
bool is(const caf::error& what, errc code) noexcept;

} // namespace cafmesh
