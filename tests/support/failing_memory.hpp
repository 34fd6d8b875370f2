#pragma once

#include <cstddef>
#include <cstdint>

namespace cafmesh::test {

/// While this object exists, `new` succeeds `count` times on this thread and
/// then fails. Works only in programs that link watched_memory.cpp.
class failing_memory {
public:
  explicit failing_memory(std::size_t count) noexcept;
  failing_memory(const failing_memory&) = delete;
  failing_memory& operator=(const failing_memory&) = delete;
  ~failing_memory();
};

/// False in a build with a sanitizer, which brings its own `new`.
bool memory_can_fail() noexcept;

} // namespace cafmesh::test
