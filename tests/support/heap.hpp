#pragma once

#include <cstddef>
#include <malloc.h>

namespace cafmesh::test {

/// The bytes that this process has allocated; 0 with some sanitizers.
inline std::size_t allocated() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

} // namespace cafmesh::test
