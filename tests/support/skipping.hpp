#pragma once

#include <iostream>
#include <string>

/// Cases that this machine cannot run.
namespace cafmesh::test {

/// Whether a case was skipped. `main` then returns 77, unless another failed.
inline bool has_skipped = false;

/// Prints why a case is skipped, and returns false for use as the case's
/// precondition.
inline bool skip(const std::string& why) {
  has_skipped = true;
  std::cout << "SKIPPED: " << why << std::endl;
  return false;
}

} // namespace cafmesh::test
