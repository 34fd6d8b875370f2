#include "tests/scenarios/holdings.hpp"

#include <dirent.h>

#include <ostream>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>

#include "tests/scenarios/measuring.hpp"

namespace cafmesh::test {

namespace {

std::size_t entries(const char* folder) {
  std::size_t result = 0;
  auto* all = ::opendir(folder);
  while (::readdir(all))
    ++result;
  ::closedir(all);
  return result;
}

} // namespace

holdings measure_holdings(caf::actor_system& system) {
  return {system.registry().running(), entries("/proc/self/fd"),
          entries("/proc/self/task"), allocated(), resident()};
}

std::ostream& operator<<(std::ostream& out, const holdings& x) {
  constexpr std::size_t kib = 1024;
  return out << x.actors << " actors, " << x.descriptors << " descriptors, "
             << x.threads << " threads, heap " << x.heap / kib << " KiB, RSS "
             << x.rss / kib << " KiB";
}

} // namespace cafmesh::test
