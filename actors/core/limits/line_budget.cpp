#include "actors/core/limits/line_budget.hpp"

#include <utility>

namespace cafmesh {

std::optional<std::uint64_t> line_budget::take_line(instant now) {
  if (!lines_)
    lines_.emplace(at_once, interval, now);
  if (!lines_->take(now)) {
    ++left_out_;
    return std::nullopt;
  }
  return std::exchange(left_out_, 0);
}

} // namespace cafmesh
