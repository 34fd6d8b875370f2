#include "actors/core/limits/line_limit.hpp"

#include <iterator>
#include <utility>

namespace cafmesh {

std::optional<std::uint64_t> line_limit::take_line(std::string topic,
                                                   instant now) {
  auto is_old = [now](const known& x) {
    return now - x.last_line >= interval;
  };
  if (topics_.size() >= most_topics && topics_.count(topic) == 0) {
    for (auto i = topics_.begin(); i != topics_.end();)
      i = is_old(i->second) ? topics_.erase(i) : std::next(i);
    if (topics_.size() >= most_topics)
      topic.clear();
  }
  auto [i, is_new] = topics_.try_emplace(std::move(topic), known{now, 0});
  auto& x = i->second;
  if (!is_new && !is_old(x)) {
    ++x.left_out;
    return std::nullopt;
  }
  x.last_line = now;
  return std::exchange(x.left_out, 0);
}

std::string left_out_text(std::uint64_t count) {
  return count == 0 ? "" : " (" + std::to_string(count) + " more left out)";
}

} // namespace cafmesh
