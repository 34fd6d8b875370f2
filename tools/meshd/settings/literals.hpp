#pragma once

#include <string>

#include <caf/config_value.hpp>

/// Values as a configuration file has them, so that reading them gives the same
/// values.
namespace meshd {

std::string quoted(const std::string& x);

std::string literal_of(const caf::config_value& x);

} // namespace meshd
