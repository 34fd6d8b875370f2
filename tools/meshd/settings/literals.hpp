#pragma once

#include <string>

#include <caf/config_value.hpp>

/// Formats values for a configuration file, so that reading the file gives the
/// same values.
namespace meshd {

std::string quoted(const std::string& x);

std::string literal_of(const caf::config_value& x);

} // namespace meshd
