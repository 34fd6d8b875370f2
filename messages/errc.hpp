#pragma once

#include <cstdint>
#include <string>

// 0.17's error macro needs make_message before it.
#include <caf/make_message.hpp>

#include <caf/error.hpp>

namespace cafmesh {

/// What can go wrong. Each error carries one text that names what was expected
/// and what came; `describe` renders both.
enum class errc : std::uint8_t {
  /// Bytes that are no valid encoding of what was due.
  malformed = 1,
  /// A message, frame or payload over its limit.
  too_large,
  /// The remote did not start with the mesh protocol's header.
  bad_header,
  /// The two version ranges do not meet.
  version_mismatch,
  /// One side has a password and the other has none.
  encryption_mismatch,
  /// A sealed frame that does not open: another password, or damage.
  cannot_open,
  /// A public key of low order, with which anybody knows the session key.
  weak_key,
  /// A required feature is missing or does not parse.
  bad_feature,
  /// The remote uses the other flavour of peer names.
  flavour_mismatch,
  /// Text that is no peer name of this flavour.
  bad_peer_name,
  /// Text that is no `host[:port]`.
  bad_address,
  /// Another live peer carries our name.
  name_collision,
  /// The connection leads back to ourselves.
  connected_to_self,
  /// There is another connection to that peer, and it stays.
  multiple_connections,
  /// A discovered address led to a peer that nobody had told us of.
  unknown_peer,
  /// The connection limit, or the limit on strangers, is reached.
  connection_limit,
  /// The remote was silent, or took nothing, for too long.
  timed_out,
  /// The remote closed the connection.
  connection_closed,
  /// The operating system refused a socket operation; the text has its words.
  socket_failed,
  /// The listening address is taken.
  address_in_use,
  /// A host name that does not resolve.
  cannot_resolve,
  /// No known path leads to the destination.
  no_route,
  /// The path's first hop has no connection at the moment.
  no_connection,
  /// More is waiting for the next hop than may wait.
  congested,
  /// A channel of that name has a gossiper already.
  duplicate_channel,
  /// More surrogate channels than allowed.
  too_many_channels,
  /// A setting out of its range, or two that contradict each other.
  bad_setting,
  /// Started twice.
  already_started,
  /// Asked of something that was stopped. Once it has ended, nobody is left to
  /// say so, and CAF answers `sec::request_receiver_down`; `is` knows both.
  stopped,
  /// A bug: a part of the mesh ended on its own.
  internal,
};

/// The identifier as written above, e.g. `no_route`.
const char* to_string(errc code) noexcept;

/// Lets CAF make a `caf::error` of a code alone.
caf::error make_error(errc code);

/// The usual way to make an error: code and text.
caf::error make_error(errc code, std::string text);

/// Renders any error for people: `no_route: unknown peer 01:...`. Errors of
/// other categories are rendered as CAF does; no error renders as `none`.
std::string describe(const caf::error& what);

/// Whether `what` is an error with this code. CAF's answer for an actor that
/// has ended counts as errc::stopped.
bool is(const caf::error& what, errc code) noexcept;

} // namespace cafmesh
