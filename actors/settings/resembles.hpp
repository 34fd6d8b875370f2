#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <caf/fwd.hpp>

namespace cafmesh {

/// Whether `text` may be a misspelt `word`: ignoring case and any `caf` before
/// it, at most one letter is missing, added, changed or swapped with its
/// neighbour.
bool resembles(std::string_view text, std::string_view word);

/// A warning for each section of the configuration file that may be meant for
/// the node but is not its own.
std::vector<std::string>
misspelt_sections(const caf::actor_system_config& config);

} // namespace cafmesh
