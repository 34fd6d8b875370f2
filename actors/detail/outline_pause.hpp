#pragma once

#include <chrono>
#include <optional>

#include <cafmesh/instant.hpp>

namespace cafmesh::replication {

/// Decides when a replica that has taken over items from a peer sends its
/// neighbours an outline: once nothing new has come for `quiet`, or after
/// `longest` at the latest.
class outline_pause {
public:
  static constexpr auto quiet = std::chrono::milliseconds{500};
  static constexpr auto longest = std::chrono::seconds{10};

  /// To be called when a peer has sent new items.
  /// @returns whether a pause begins, after which `is_over` is to be called
  bool news(instant now) {
    last_ = now;
    if (first_)
      return false;
    first_ = now;
    return true;
  }

  /// Whether the pause is over. To be called `quiet` after it began, and again
  /// every `quiet` until the result is true.
  bool is_over(instant now) {
    if (now - last_ < quiet && now - *first_ < longest)
      return false;
    first_.reset();
    return true;
  }

private:
  std::optional<instant> first_; // the first news of the pause, if there is one
  instant last_{};
};

} // namespace cafmesh::replication
