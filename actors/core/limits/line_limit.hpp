#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits the rate of log lines, because other peers or an application could
/// cause any number of them. Each topic gets one line per minute. Beyond
/// `most_topics` topics, all further topics share one line per minute.
class line_limit {
public:
  static constexpr duration interval = std::chrono::minutes{1};
  static constexpr std::size_t most_topics = 64;

  /// @returns the number of lines on the topic left out since its last written
  ///          line; nullopt if this line must be left out
  std::optional<std::uint64_t> take_line(std::string topic, instant now);

private:
  struct known {
    instant last_line;
    std::uint64_t left_out = 0;
  };
  std::map<std::string, known> topics_;
};

/// Text for the end of a line, such as ` (12 more left out)`; empty for 0.
std::string left_out_text(std::uint64_t count);

} // namespace cafmesh
