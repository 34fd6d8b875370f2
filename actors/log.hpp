#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// The interface through which a node writes its log, and two implementations.
namespace cafmesh {

/// From the least to the most severe.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// Receives log lines. Several threads may call it at the same time. A call
/// must neither block for long nor throw.
class log_sink {
public:
  virtual ~log_sink() = default;
  virtual void write(log_level level, std::string_view text) = 0;
};

using log_sink_ptr = std::shared_ptr<log_sink>;

/// Writes to spdlog's default logger, which filters by its own level.
log_sink_ptr make_spdlog_sink();

log_sink_ptr make_null_sink();

} // namespace cafmesh
