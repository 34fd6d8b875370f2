#pragma once

#include <string>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/password.hpp>

namespace cafmesh {

/// The passwords of a file, one per line; an empty line is the empty password.
/// Leaves no other copy of them in memory.
/// @returns errc::bad_setting if the file cannot be read or has no line.
caf::expected<std::vector<password>>
read_password_file(const std::string& path);

} // namespace cafmesh
