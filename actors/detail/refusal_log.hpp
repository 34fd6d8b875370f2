#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <cafmesh/instant.hpp>
#include <cafmesh/log.hpp>

namespace cafmesh::replication {

/// Warns, at most once a minute, that a replicated value is full and ignores
/// what other peers add.
class refusal_log {
public:
  /// Must be called first. `channel` is the name of the replicated value's
  /// channel.
  void begin(std::string channel, log_sink_ptr log);
  /// @param refused how many items the value has ignored since it was created
  void update(std::uint64_t refused, instant now);

private:
  std::string channel_;
  log_sink_ptr log_;
  std::uint64_t logged_ = 0; // how many of the ignored items have been logged
  std::optional<instant> last_;
};

} // namespace cafmesh::replication
