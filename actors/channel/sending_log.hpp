#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "actors/context/node_context.hpp"
#include "actors/core/limits/line_limit.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Writes the log lines about data that gossip senders have dropped. Remotes
/// can create any number of channels, so the senders of all channels of a node
/// share one object and its limit. Thread-safe.
class sending_log {
public:
  /// Warns about a channel's data, unless the limit on lines of this kind and
  /// channel is reached. The next line that is written tells how many were left
  /// out.
  void warn(const node_context& ctx, const std::string& kind,
            const std::string& channel, const std::string& text, instant now);

private:
  std::mutex mutex_;
  line_limit lines_;
};

using sending_log_ptr = std::shared_ptr<sending_log>;

} // namespace cafmesh
