#pragma once

#include <cstddef>
#include <malloc.h>

#include <boost/test/unit_test.hpp>

namespace cafmesh::test {

/// The bytes that this process has allocated; 0 with some sanitizers.
inline std::size_t allocated() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// Whether `allocated` works in this build. If it does not, a line in the
/// output says that the caller checks no bounds of memory.
inline bool measures_memory() {
  if (allocated() > 0)
    return true;
  BOOST_TEST_MESSAGE("skipped: this build does not tell what it allocates");
  return false;
}

} // namespace cafmesh::test
