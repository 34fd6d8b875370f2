#pragma once

#include <chrono>
#include <optional>

#include <cafmesh/instant.hpp>

namespace cafmesh::replication {

/// After a replica has received new items from a peer, delays the outline (a
/// summary of the value) that it sends its neighbours. The pause ends once no
/// new items have arrived for `quiet`, and after `longest` in any case.
class outline_pause {
public:
  static constexpr auto quiet = std::chrono::milliseconds{500};
  static constexpr auto longest = std::chrono::seconds{10};

  /// Notes that a peer has sent new items.
  /// @returns whether a pause begins. If so, call `is_over` every `quiet`.
  bool news(instant now) {
    last_ = now;
    if (first_)
      return false;
    first_ = now;
    return true;
  }

  /// Whether the pause is over. To be called every `quiet` from the beginning
  /// of the pause until the result is true.
  bool is_over(instant now) {
    if (now - last_ < quiet && now - *first_ < longest)
      return false;
    first_.reset();
    return true;
  }

private:
  std::optional<instant> first_; // when the pause began, if there is one
  instant last_{};
};

} // namespace cafmesh::replication
