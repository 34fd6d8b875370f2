#pragma once

#include <cstdint>

#include <cafmesh/ids.hpp>

namespace cafmesh {

/// Identifies an addition to an `observed_remove_set`: the UID of the peer's
/// run, and a number that starts at 1 in each run.
struct set_dot {
  peer_uid who = peer_uid::none;
  std::uint64_t number = 0;

  friend bool operator<(const set_dot& x, const set_dot& y) noexcept {
    return x.who != y.who ? x.who < y.who : x.number < y.number;
  }
  friend bool operator==(const set_dot& x, const set_dot& y) noexcept {
    return x.who == y.who && x.number == y.number;
  }
};

} // namespace cafmesh
