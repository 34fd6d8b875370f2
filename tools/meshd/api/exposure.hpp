#pragma once

#include <string>

#include "tools/meshd/settings/service_options.hpp"

/// Who may reach the API.
namespace meshd {

/// Refuses to serve HTTP on the addresses of `http` and `metrics` if one is
/// beyond loopback and TLS or a token is missing, unless `http_insecure` is
/// set.
/// @returns why; empty if it is not refused
std::string check_exposure(const service_options& options);

/// Reads the files of tokens; without a file, the token stays empty.
/// @returns what is wrong; empty if nothing is
std::string read_tokens(const service_options& options, std::string& read,
                        std::string& write);

/// Whether the files of tokens can be read.
/// @returns what is wrong; empty if nothing is
std::string check_tokens(const service_options& options);

} // namespace meshd
