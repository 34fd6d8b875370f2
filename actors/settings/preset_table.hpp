#pragma once

#include <string>
#include <vector>

#include <cafmesh/presets.hpp>

/// The presets: named sets of defaults for settings.
namespace cafmesh {

struct named_preset {
  std::string name;
  void (*change)(settings& x); ///< changes defaults to those of the preset
};

/// All presets. The first leaves the defaults as they are.
const std::vector<named_preset>& preset_table();

/// The names of all presets as text for a message: `original, loopback, lan or
/// wan`.
std::string preset_list();

} // namespace cafmesh
