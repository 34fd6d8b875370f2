#include "tests/support/watched_memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "tests/support/failing_memory.hpp"

namespace {

thread_local std::size_t allocations_left = SIZE_MAX;

std::atomic<const void*> watched{nullptr};
std::size_t watched_size = 0;
std::size_t seen_size = 0;
std::array<unsigned char, 256> seen;

struct block {
  const unsigned char* start = nullptr;
  std::size_t size = 0;
};

std::atomic<bool> noting{false};
std::array<block, 1024> noted; // a block without a start is free

block* find_noted(const void* start) noexcept {
  auto i = std::find_if(noted.begin(), noted.end(),
                        [start](const block& x) { return x.start == start; });
  return i == noted.end() ? nullptr : &*i;
}

void note(const void* start, std::size_t size) noexcept {
  if (start && noting)
    if (auto* entry = find_noted(nullptr))
      *entry = {static_cast<const unsigned char*>(start), size};
}

void look_at(const void* block) noexcept {
  if (block && noting)
    if (auto* entry = find_noted(block))
      *entry = {};
  const void* expected = block;
  if (block && watched.compare_exchange_strong(expected, nullptr)) {
    std::memcpy(seen.data(), block, watched_size);
    seen_size = watched_size;
  }
}

} // namespace

#ifdef CAFMESH_SANITIZED

// The sanitizer's own operators are kept, because they check that `delete`
// matches `new`. The sanitizer can call a hook before it frees a block. The
// function that sets hooks is declared here, because g++ lacks its header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(
  void (*on_malloc)(const volatile void*, std::size_t),
  void (*on_free)(const volatile void*));

namespace {

void install_hook() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void* block, std::size_t size) {
      note(const_cast<void*>(block), size);
    },
    [](const volatile void* block) { look_at(const_cast<void*>(block)); });
  if (installed == 0)
    throw std::logic_error("cannot install the sanitizer's hooks");
}

} // namespace

#else

namespace {

void install_hook() {
  // No hook is needed, because the operators below look at each block.
}

void look_and_free(void* block) noexcept {
  look_at(block);
  std::free(block);
}

} // namespace

void* operator new(std::size_t size) {
  if (allocations_left == 0)
    throw std::bad_alloc{};
  allocations_left -= allocations_left < SIZE_MAX ? 1 : 0;
  if (auto* result = std::malloc(size > 0 ? size : 1)) {
    note(result, size);
    return result;
  }
  throw std::bad_alloc{};
}

void operator delete(void* block) noexcept {
  look_and_free(block);
}

void operator delete(void* block, std::size_t) noexcept {
  look_and_free(block);
}

#endif

namespace cafmesh::test {

void watch_memory(const void* block, std::size_t size) {
  if (size > seen.size())
    throw std::length_error("too large to be watched");
  install_hook();
  watched_size = size;
  seen_size = 0;
  watched = block;
}

std::vector<unsigned char> seen_in_watched_memory() {
  return {seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(seen_size)};
}

failing_memory::failing_memory(std::size_t count) noexcept {
  allocations_left = count;
}

failing_memory::~failing_memory() {
  allocations_left = SIZE_MAX;
}

bool memory_can_fail() noexcept {
#ifdef CAFMESH_SANITIZED
  return false;
#else
  return true;
#endif
}

watched_blocks::watched_blocks() {
  install_hook();
  noted.fill({});
  noting = true;
}

watched_blocks::~watched_blocks() {
  noting = false;
}

std::size_t watched_blocks::containing(const void* data,
                                       std::size_t size) const {
  const auto* wanted = static_cast<const unsigned char*>(data);
  auto n = std::count_if(noted.begin(), noted.end(), [&](const block& x) {
    return x.start
           && std::search(x.start, x.start + x.size, wanted, wanted + size)
                != x.start + x.size;
  });
  return static_cast<std::size_t>(n);
}

} // namespace cafmesh::test
