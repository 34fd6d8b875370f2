#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits the rate of log lines of one kind. Without a limit, remotes could
/// fill the log, for example by opening connections. The limit is high enough
/// for the lines that the start of a large mesh causes.
class line_budget {
public:
  static constexpr std::uint32_t at_once = 200;
  static constexpr duration interval = std::chrono::milliseconds{100};

  /// @returns the number of lines left out since the last written line; nullopt
  ///          if this line must be left out
  std::optional<std::uint64_t> take_line(instant now);

private:
  std::optional<token_bucket> lines_;
  std::uint64_t left_out_ = 0;
};

} // namespace cafmesh
