#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_name.hpp>

/// The state of a counter to which every peer adds, as the Go library's example
/// sends it: a gob stream of one map from peer name to number.
namespace cafmesh::wire {

using counter_map = std::map<peer_name, std::int64_t>;

/// Appends the type definition and the value.
/// @param flavour the flavour of all names; it decides the type of the keys,
///        even of an empty map.
void append_counters(bytes& out, const counter_map& xs, name_flavour flavour);

/// Reads a counter's state. Ignores bytes after the announced number of pairs,
/// and after the map.
/// @param surplus receives the number of ignored bytes, unless the result is an
///        error; may be null.
/// @returns errc::malformed, also for a repeated name, or errc::bad_peer_name.
caf::expected<counter_map> read_counters(byte_view input, name_flavour flavour,
                                         std::size_t* surplus = nullptr);

} // namespace cafmesh::wire
