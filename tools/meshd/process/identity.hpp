#pragma once

#include <string>

#include "tools/meshd/process/state_folder.hpp"
#include <cafmesh/settings.hpp>

namespace meshd {

/// Sets the peer's name to the name stored in the folder. If none is stored,
/// makes a new name and stores it. A name in the settings takes precedence and
/// is not stored.
/// @returns what is wrong; empty if nothing is
std::string settle_name(const state_folder& state, cafmesh::settings& mesh);

} // namespace meshd
