#pragma once

#include <cstddef>
#include <vector>

namespace cafmesh::test {

/// What lies in a block of memory when it is given back: the program's own
/// `operator delete` looks, or the sanitizer's that it has. One block at a time,
/// of those that `new` gave.
void watch_memory(const void* block, std::size_t size);

/// What was seen; nothing while the block is still in use.
std::vector<unsigned char> seen_in_watched_memory();

} // namespace cafmesh::test
