#pragma once

#include <cstddef>
#include <vector>

namespace cafmesh::test {

/// Records the content of a block of memory when it is freed, to show that
/// secrets were erased first. One block at a time, which `new` allocated.
void watch_memory(const void* block, std::size_t size);

/// The content of the block when it was freed; empty while it is in use.
std::vector<unsigned char> seen_in_watched_memory();

} // namespace cafmesh::test
