#pragma once

#include <string>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/password.hpp>

namespace cafmesh {

/// Reads passwords from a file, one per line. Leaves no other copy of them in
/// memory.
/// @returns the passwords, or errc::bad_setting if the file cannot be read, has
///          no password, or has a line that is probably a mistake: an empty
///          one, one with a blank at either end, or one with a control
///          character. The error names the line and quotes nothing of it.
caf::expected<std::vector<password>>
read_password_file(const std::string& path);

} // namespace cafmesh
