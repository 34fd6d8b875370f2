#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// The features with which two peers introduce themselves (PROTOCOL.md,
/// "Features"): a gob `map[string]string` that is a stream of its own.
namespace cafmesh::wire {

using feature_map = std::map<std::string, std::string>;

/// Appends the gob type definition and the value of `xs`. Equal maps give equal
/// bytes, because `std::map` is sorted.
void append_features(bytes& out, const feature_map& xs);

/// Reads the features at the front of `input`.
/// @param consumed if not null, is set to the size of the features in bytes.
///        Version 1 needs this, because other messages follow the features. If
///        null, bytes after the features are an error.
/// @returns errc::malformed, also for a repeated key.
caf::expected<feature_map> read_features(byte_view input,
                                         std::size_t* consumed = nullptr);

/// A peer's features as values. Some describe the peer, others this connection.
struct introduction {
  peer_name name;
  std::string nickname;
  peer_uid uid = peer_uid::none;
  /// The random number that the sender contributes to the connection UID.
  std::uint64_t connection_half = 0;
  std::optional<short_id> alias;
  /// Whether the sender trusts the receiver's address.
  bool trusted = false;
  /// Whether the sender understands the messages of hold.hpp.
  bool takes_holds = false;
  /// Whether the sender understands the messages of topology_digest.hpp.
  bool digests = false;
};

feature_map to_features(const introduction& x);

/// Converts a remote's features to values. Unknown keys are ignored.
/// @param flavour our own; the remote's must be the same.
/// @returns errc::flavour_mismatch, errc::bad_feature (names the key) or
///          errc::bad_peer_name.
caf::expected<introduction> parse_introduction(const feature_map& xs,
                                               name_flavour flavour);

/// The features that version 1 sends, unencrypted: `ConnID`, `Name`,
/// `NickName`, `PeerNameFlavour`, `UID`.
feature_map version_1_features(const feature_map& xs);

} // namespace cafmesh::wire
