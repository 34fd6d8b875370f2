#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <caf/fwd.hpp>

namespace cafmesh {

/// Whether `text` may be a misspelling of `word`: at most one letter is
/// missing, added, changed or swapped with its neighbour. Ignores case, and the
/// prefix `caf` if `text` has it.
bool resembles(std::string_view text, std::string_view word);

/// Returns a warning for each section of the configuration file whose name
/// resembles `mesh`, the name of the node's own section.
std::vector<std::string>
misspelt_sections(const caf::actor_system_config& config);

} // namespace cafmesh
