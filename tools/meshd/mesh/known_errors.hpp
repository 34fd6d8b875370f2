#pragma once

#include <caf/error.hpp>

#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

/// What clients are told about an error of the mesh.
struct known_error {
  cafmesh::errc why;
  int status;
  const char* code;
  /// Whether a request to another peer's actor, or its answer, can fail on the
  /// way with this error. If false, this error is always the actor's own
  /// answer.
  bool on_the_way;
};

/// Null only for an error of a newer version of the library.
const known_error* find_known(cafmesh::errc why) noexcept;

problem problem_of(const caf::error& why);

/// Whether a request to a remote actor can end with this error although the
/// actor did not answer with it.
bool can_arise_in_transit(const caf::error& why) noexcept;

} // namespace meshd
