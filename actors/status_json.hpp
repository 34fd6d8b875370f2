#pragma once

#include <string>

#include <cafmesh/status.hpp>

namespace cafmesh {

/// The status as JSON in the format of the Go library's `NewStatus`, with the
/// same names and nesting. Additional fields: `Uptime` in seconds, `Channels`,
/// `DialTargets`, `Actors` (`null` without `join_actors`), and `Figures` for
/// each connection.
/// @param indent spaces per level; -1: everything on one line
std::string to_json(const mesh_status& x, int indent = -1);

} // namespace cafmesh
