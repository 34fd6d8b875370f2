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

/// The type definitions at the beginning of each of our updates. They fix the
/// type numbers, so a record that has been encoded once fits into any update.
byte_view topology_definitions();

/// Like `connection_summary`, but its address is a view into another text.
struct connection_view {
  peer_name remote;
  std::string_view remote_address;
  bool outbound = false;
  bool established = false;
};

/// Encodes one peer and its connections, without type definitions.
/// @param room is overwritten and grows as needed. Passing the same buffer for
///        all records, without clearing it, saves time.
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
  /// peers that claim a short ID above 4095. Treating them as an error would
  /// close the connection, although the neighbour may only have passed on what
  /// another peer made up.
  bool next(peer_summary& out);

  /// How many peers `next` has skipped.
  std::size_t skipped() const noexcept;

  /// Reads the current peer's connections, sorted by remote; call it at most
  /// once for each peer. If several have the same remote, reads only the last
  /// of them. Addresses are views into the update.
  /// @returns false on an error.
  bool read_connections(std::vector<connection_view>& out);

  /// Reads the connections from a record that `write_peer_record` has encoded.
  /// @param out is overwritten. Its addresses are views into `record`.
  static void read_connections_of(byte_view record, name_flavour flavour,
                                  std::vector<connection_view>& out);

  /// Whether the update's bytes up to the end of the current peer end with
  /// `record`. If they do, and the update uses our type numbers, then `record`
  /// contains this peer and its connections.
  bool ends_with(byte_view record) const noexcept;

  /// The error that ended reading, errc::malformed or errc::bad_peer_name;
  /// empty if there was none. After an error, all reads fail.
  const caf::error& error() const noexcept;

private:
  struct state;
  state* state_;
};

} // namespace cafmesh::wire
