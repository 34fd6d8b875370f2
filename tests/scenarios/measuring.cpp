#include "tests/scenarios/measuring.hpp"

#include <fstream>

#include <unistd.h>

#ifdef CAFMESH_SANITIZED
// AddressSanitizer and ThreadSanitizer define this function, but g++ does not
// install its header.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#else
#include <malloc.h>
#endif

namespace cafmesh::test {

std::size_t allocated() {
#ifdef CAFMESH_SANITIZED
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

std::size_t resident() {
  if (sanitized)
    return allocated();
  std::ifstream in{"/proc/self/statm"};
  std::size_t pages = 0;
  in >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace cafmesh::test
