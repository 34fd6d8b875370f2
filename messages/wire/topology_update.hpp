#pragma once

#include <string_view>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_record.hpp>

/// What the channel `topology` carries (protocol section 6): a gob stream of
/// pairs, a `peerSummary` and its `[]connectionSummary`.
namespace cafmesh::wire {

/// The type definitions that every stream of ours begins with. They fix the
/// type numbers, so that a peer's pair can be encoded once and used in any
/// stream: definitions, then any number of encoded records.
byte_view topology_definitions();

/// Appends one pair, without definitions.
void append_peer_record(bytes& out, const peer_record& x);

/// A `connection_summary` whose address is kept elsewhere.
struct connection_view {
  peer_name remote;
  std::string_view remote_address;
  bool outbound = false;
  bool established = false;
};

/// @pre they stay as long as the result
std::vector<connection_view>
views_of(const std::vector<connection_summary>& xs);

/// Appending for who has many to encode.
/// @param room is written over, and stays as large as it has become: clearing
///        it would only have it filled with zeros again.
/// @returns the pair, in `room`.
byte_view write_peer_record(bytes& room, const peer_summary& peer,
                            const std::vector<connection_view>& connections);

/// Reads the pairs of an update one after the other.
///
///     topology_update_reader reader{input, flavour};
///     while (reader.next(summary))
///       if (wanted(summary)) reader.read_connections(connections);
///     if (auto err = reader.error()) …
///
/// Connections that nobody asks for are passed over by their length. Accepts
/// any field order, unknown fields and any type numbers, as gob allows.
class topology_update_reader {
public:
  topology_update_reader(byte_view input, name_flavour flavour);
  ~topology_update_reader();
  topology_update_reader(const topology_update_reader&) = delete;
  topology_update_reader& operator=(const topology_update_reader&) = delete;

  /// Moves to the next peer. Returns false at the end and on an error.
  bool next(peer_summary& out);

  /// The current peer's connections, sorted by remote, the last one winning
  /// where a remote comes twice. Once a peer. Addresses are views into the
  /// update.
  /// @returns false on an error.
  bool read_connections(std::vector<connection_view>& out);
  /// The same for who keeps them.
  bool read_connections(std::vector<connection_summary>& out);

  /// None, or errc::malformed / errc::bad_peer_name. Sticky.
  const caf::error& error() const noexcept;

private:
  struct state;
  state* state_;
};

} // namespace cafmesh::wire
