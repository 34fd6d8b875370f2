#pragma once

#include <string_view>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_record.hpp>

/// The messages of the channel `topology` (PROTOCOL.md, "Updates"): a gob
/// stream in which each peer has two values, a `peerSummary` and a
/// `[]connectionSummary`. The reader is in `topology_update_reader.cpp`.
namespace cafmesh::wire {

/// The type definitions with which each of our updates begins. They fix the
/// type numbers, so a peer that was encoded once fits into any of our updates.
byte_view topology_definitions();

/// A `connection_summary` that refers to its address instead of owning it.
struct connection_view {
  peer_name remote;
  std::string_view remote_address;
  bool outbound = false;
  bool established = false;
};

/// Encodes one peer and its connections, without type definitions.
/// @param room is overwritten and grows as needed. Pass the same buffer for
///        each record, without clearing it.
/// @returns the encoded record, a view into `room`.
byte_view write_peer_record(bytes& room, const peer_summary& peer,
                            const std::vector<connection_view>& connections);

/// Reads an update peer by peer.
///
///     topology_update_reader reader{input, flavour};
///     while (reader.next(summary))
///       if (wanted(summary)) reader.read_connections(connections);
///     if (auto err = reader.error()) …
///
/// Connections that are not read are skipped. Accepts any field order, unknown
/// fields and any type numbers, as gob allows.
class topology_update_reader {
public:
  topology_update_reader(byte_view input, name_flavour flavour);
  ~topology_update_reader();
  topology_update_reader(const topology_update_reader&) = delete;
  topology_update_reader& operator=(const topology_update_reader&) = delete;

  /// Moves to the next peer. Returns false at the end and on an error. Skips
  /// peers that claim a short ID above 4095: an error would close the
  /// connection to a peer that only passes on what another peer made up.
  bool next(peer_summary& out);

  /// How many peers `next` has skipped.
  std::size_t skipped() const noexcept;

  /// Reads the current peer's connections; call it at most once for each peer.
  /// They are sorted by remote; of several with the same remote, the last
  /// counts. Addresses are views into the update.
  /// @returns false on an error.
  bool read_connections(std::vector<connection_view>& out);

  /// Reads the connections from a record that `write_peer_record` has encoded.
  /// @param out is overwritten. Its addresses are views into `record`.
  static void read_connections_of(byte_view record, name_flavour flavour,
                                  std::vector<connection_view>& out);

  /// Whether the bytes of the update, up to the end of the current peer's
  /// connections, end with `record`. If so, and if the update uses our type
  /// numbers, the peer and its connections are those in `record`.
  bool ends_with(byte_view record) const noexcept;

  /// The error that ended reading, errc::malformed or errc::bad_peer_name;
  /// empty if there was none. After an error, all reads fail.
  const caf::error& error() const noexcept;

private:
  struct state;
  state* state_;
};

} // namespace cafmesh::wire
