#pragma once

#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include "actors/caf_version/option_types.hpp"
#include <cafmesh/settings.hpp>

namespace cafmesh {

/// One of the options under `mesh.`, and what it does to the settings.
struct option {
  std::string name; ///< without `mesh.`
  const option_types::option_type& type;
  std::string description;
  /// @returns an error that names the option; `out` is void then.
  caf::error (*apply)(const option& self, const caf::config_value& x,
                      settings& out);
};

/// In the order in which they apply.
const std::vector<option>& option_table();

/// `mesh.port`
std::string full_name(const option& self);

/// An error's own text, without its code.
std::string text_of(const caf::error& why);

} // namespace cafmesh
