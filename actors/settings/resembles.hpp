#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <caf/fwd.hpp>

namespace cafmesh {

/// Whether `text` may be a misspelt `word`. Ignoring case and any `caf` before
/// the word, at most one letter may be missing, added, changed or swapped with
/// its neighbour.
bool resembles(std::string_view text, std::string_view word);

/// Returns a warning for each section of the configuration file whose name
/// resembles `mesh`, the name of the node's own section.
std::vector<std::string>
misspelt_sections(const caf::actor_system_config& config);

} // namespace cafmesh
