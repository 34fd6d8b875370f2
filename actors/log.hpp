#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cafmesh {

/// How much it matters, rising.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// Where log lines go. Called from many threads at once; must neither block
/// for long nor throw.
class log_sink {
public:
  virtual ~log_sink() = default;
  virtual void write(log_level level, std::string_view text) = 0;
};

using log_sink_ptr = std::shared_ptr<log_sink>;

/// spdlog's default logger, under its level and sinks.
log_sink_ptr make_spdlog_sink();

/// Swallows everything.
log_sink_ptr make_null_sink();

} // namespace cafmesh
