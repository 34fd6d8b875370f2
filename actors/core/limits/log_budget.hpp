#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "actors/core/limits/token_bucket.hpp"

namespace cafmesh {

/// Limits how many log lines of one kind are written, and counts the others.
class log_budget {
public:
  /// @param burst lines at once, and then one per `interval`.
  log_budget(std::uint32_t burst, duration interval) noexcept
      : burst_(burst), interval_(interval) {
  }

  /// Whether to write one more line now.
  bool take(instant now) {
    if (!tokens_)
      tokens_.emplace(burst_, interval_, now);
    if (tokens_->take(now))
      return true;
    ++left_out_;
    return false;
  }

  std::uint64_t left_out() const noexcept {
    return left_out_;
  }
  /// Starts to count anew.
  std::uint64_t take_left_out() noexcept {
    return std::exchange(left_out_, 0);
  }

private:
  std::uint32_t burst_;
  duration interval_;
  std::optional<token_bucket> tokens_;
  std::uint64_t left_out_ = 0;
};

} // namespace cafmesh
