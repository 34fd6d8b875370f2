#pragma once

#include <string>

#include "tools/meshd/settings/service_options.hpp"

namespace meshd {

/// Refuses settings that would expose the API. Unless `http_insecure` is set,
/// an address of `http` or `metrics` beyond loopback needs TLS and a token.
/// @returns why the settings are refused; empty if they are allowed
std::string check_exposure(const service_options& options);

/// Reads the token files. If no file is given, the token stays empty.
/// @returns what is wrong; empty if nothing is
std::string read_tokens(const service_options& options, std::string& read,
                        std::string& write);

/// Checks that the token files can be read.
/// @returns what is wrong; empty if nothing is
std::string check_tokens(const service_options& options);

} // namespace meshd
