#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_name.hpp>

/// The state of a counter to which every peer adds, in the encoding of the Go
/// library's example: a gob stream of one map from peer name to number.
namespace cafmesh::wire {

using counter_map = std::map<peer_name, std::int64_t>;

/// Appends the type definition and the value.
/// @param flavour the flavour of all names; decides the type of the keys, even
///        of an empty map.
void append_counters(bytes& out, const counter_map& xs, name_flavour flavour);

/// Takes one pair of a counter's state. If the same name comes again, the
/// visitor may accept the new pair, or return false, which makes the whole
/// input malformed.
using counter_visitor = std::function<bool(peer_name, std::int64_t)>;

/// Reads a counter's state pair by pair, so that `take` decides how many pairs
/// are kept in memory. Ignores bytes after the announced number of pairs, and
/// bytes after the map.
/// @param surplus receives the number of ignored bytes, unless the result is an
///        error; may be null.
/// @returns errc::bad_peer_name or errc::malformed. If `take` returns false,
///          the result is errc::malformed. Before an error, `take` may have
///          received some pairs.
caf::error read_counters(byte_view input, name_flavour flavour,
                         const counter_visitor& take,
                         std::size_t* surplus = nullptr);

} // namespace cafmesh::wire
