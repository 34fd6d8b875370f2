#pragma once

#include <string>

#include "tools/meshd/process/notify.hpp"
#include "tools/meshd/process/signals.hpp"
#include "tools/meshd/settings/configuration.hpp"

namespace meshd {

enum exit_status { stopped = 0, failed = 1, bad_usage = 2 };

/// Runs the service until a signal ends it.
/// @returns the exit status of the process
int run(configuration& config, const arguments& from, const signals& received);

} // namespace meshd
