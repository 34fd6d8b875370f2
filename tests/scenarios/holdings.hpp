#pragma once

#include <cstddef>
#include <iosfwd>

#include <caf/fwd.hpp>

namespace cafmesh::test {

struct holdings {
  std::size_t actors = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;
  std::size_t heap = 0; ///< bytes in use
  std::size_t rss = 0;  ///< bytes
};

/// Measures this process. All of its actors must be in `system`.
holdings measure_holdings(caf::actor_system& system);

std::ostream& operator<<(std::ostream& out, const holdings& x);

} // namespace cafmesh::test
