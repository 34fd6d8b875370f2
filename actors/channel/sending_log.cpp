#include "actors/channel/sending_log.hpp"

#include <optional>

#include <cafmesh/escaped.hpp>

namespace cafmesh {

void sending_log::warn(const node_context& ctx, const std::string& kind,
                       const std::string& channel, const std::string& text,
                       instant now) {
  std::optional<std::uint64_t> left_out;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    left_out = lines_.take_line(kind + " " + channel, now);
  }
  if (left_out)
    ctx.write(log_level::warning, "channel " + escaped_in_quotes(channel) + ": "
                                    + text + left_out_text(*left_out));
}

} // namespace cafmesh
