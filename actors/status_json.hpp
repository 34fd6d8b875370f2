#pragma once

#include <string>

#include <cafmesh/status.hpp>

namespace cafmesh {

/// The status as the JSON document of the Go library's `NewStatus`: the same
/// field names, shapes and order of nesting. What is new here comes in fields
/// of its own: `Uptime` in seconds, `Channels`, `DialTargets`, and for each
/// connection `Figures`.
/// @param indent spaces a level; -1: all in one line.
std::string to_json(const mesh_status& x, int indent = -1);

} // namespace cafmesh
