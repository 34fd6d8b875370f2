#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "actors/core/limits/token_bucket.hpp"
#include "messages/internal/closing.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh::remote {

/// Gathers this peer's reports of closed connections. Each report is sent
/// twice, because peers that do not know the new routes yet may fail to pass on
/// the first one.
class closing_queue {
public:
  static constexpr duration moment = std::chrono::milliseconds{10};
  static constexpr duration repeat_after = std::chrono::milliseconds{150};
  /// Limits the rate of reports, so that a peer whose connections come and go
  /// does not flood the mesh.
  static constexpr std::uint32_t burst = 8;
  static constexpr duration interval = std::chrono::milliseconds{500};
  /// The maximum number of closings that wait to be reported, and of those that
  /// wait to be repeated. Further ones are dropped.
  static constexpr std::size_t most = 64;

  explicit closing_queue(instant now) : tokens_(burst, interval, now) {
  }

  void add(const closing& x, instant now);

  /// When to call `take_due` next.
  std::optional<instant> due_at() const;

  /// Returns what to send now, in one message; at most 2 * `most` closings.
  std::vector<closing> take_due(instant now);

  void remove(const closing& x);

private:
  struct repetition {
    closing what;
    instant due;
  };

  token_bucket tokens_;
  std::vector<closing> fresh_;
  std::optional<instant> fresh_due_;
  std::vector<repetition> sent_once_; // in the order of their times
};

} // namespace cafmesh::remote
