#pragma once

#include <string>
#include <vector>

#include "messages/wire/topology_update.hpp"

/// Converts records of peers to and from the bytes of topology updates.
namespace cafmesh::test {

/// Returns the connections in the form that `write_peer_record` takes, with
/// views of the addresses in `xs`.
/// @pre `xs` outlives the result
inline std::vector<wire::connection_view>
views_of(const std::vector<connection_summary>& xs) {
  std::vector<wire::connection_view> result;
  result.reserve(xs.size());
  for (const auto& x : xs)
    result.push_back({x.remote, x.remote_address, x.outbound, x.established});
  return result;
}

/// Appends one peer and its connections, without type definitions.
inline void append_peer_record(bytes& out, const peer_record& x) {
  bytes room;
  auto record = wire::write_peer_record(room, x.peer, views_of(x.connections));
  out.insert(out.end(), record.begin(), record.end());
}

/// Reads the current peer's connections. Returns false on an error.
inline bool read_connections(wire::topology_update_reader& reader,
                             std::vector<connection_summary>& out) {
  std::vector<wire::connection_view> views;
  auto result = reader.read_connections(views);
  out.clear();
  for (const auto& x : views)
    out.push_back(
      {x.remote, std::string{x.remote_address}, x.outbound, x.established});
  return result;
}

} // namespace cafmesh::test
