#pragma once

#include <string>

#include "tools/meshd/settings/service_options.hpp"
#include <cafmesh/log.hpp>

namespace meshd {

/// Makes a log that writes lines to standard error: `TIME [info] text`, without
/// the time for systemd's journal, or as JSON
/// `{"time":"…","level":"info","text":"…"}`. Any thread may use it.
cafmesh::log_sink_ptr make_log(log_format format, const std::string& level);

} // namespace meshd
