#pragma once

#include <cstddef>
#include <string>

#include "tests/support/mesh.hpp"

namespace cafmesh::test {

constexpr auto nobody = "10.0.0.200:6783";

/// Nodes, and functions that count how often an address was dialled.
struct dialling : mesh {
  std::size_t dials(const std::string& to) {
    return net().dials_to(to);
  }
  std::size_t dials(const node& to) {
    return dials(to.address());
  }
  node& add_discovering(char letter) {
    auto setup = settings_for(letter);
    setup.discovery = true;
    return add(letter, setup);
  }
  /// Waits until `to` is dialled, or until about `at_most` has passed.
  /// @returns the time waited
  duration until_next_dial(const std::string& to, duration at_most) {
    auto before = dials(to);
    auto start = now();
    while (dials(to) == before && now() - start < at_most)
      run_for(milliseconds{50});
    return now() - start;
  }
};

} // namespace cafmesh::test
