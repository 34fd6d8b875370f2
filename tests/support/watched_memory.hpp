#pragma once

#include <cstddef>
#include <vector>

namespace cafmesh::test {

/// Records the content of a block of memory when it is freed, to show that
/// secrets were erased first. Only one block is watched at a time, and `new`
/// must have allocated it.
void watch_memory(const void* block, std::size_t size);

/// The content that the block had when it was freed; empty until then.
std::vector<unsigned char> seen_in_watched_memory();

/// Records the blocks that `new` allocates while this object exists, up to 1024
/// at a time. Only one object of this class may exist at a time, and the test
/// must have only one thread.
class watched_blocks {
public:
  watched_blocks();
  watched_blocks(const watched_blocks&) = delete;
  watched_blocks& operator=(const watched_blocks&) = delete;
  ~watched_blocks();

  /// The number of blocks in use that contain these bytes.
  std::size_t containing(const void* data, std::size_t size) const;
};

} // namespace cafmesh::test
