#include "holdings.hpp"

#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <ostream>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>

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

std::size_t resident() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t pages = 0;
  in >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

holdings measure_holdings(caf::actor_system& system) {
  return {system.registry().running(), entries("/proc/self/fd"),
          entries("/proc/self/task"), mallinfo2().uordblks, resident()};
}

std::ostream& operator<<(std::ostream& out, const holdings& x) {
  constexpr std::size_t kib = 1024;
  return out << x.actors << " actors, " << x.descriptors << " descriptors, "
             << x.threads << " threads, heap " << x.heap / kib << " KiB, RSS "
             << x.rss / kib << " KiB";
}

} // namespace cafmesh::test
