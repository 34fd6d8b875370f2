#pragma once

#include <string>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/password.hpp>

namespace cafmesh {

/// Reads passwords from a file, one per line. Keeps no copy of a password in
/// memory other than the result.
/// @returns the passwords; or errc::bad_setting if the file cannot be read, has
///          no password, or has a line that is probably a mistake. Such a line
///          is empty, begins or ends with a blank, or has a control character.
///          The error gives the number of the line, but none of its text.
caf::expected<std::vector<password>>
read_password_file(const std::string& path);

} // namespace cafmesh
