#include "actors/core/link/buffer_pool.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

// A block larger than this many times the requested size is not used, because a
// little data would keep a large block in memory.
constexpr std::size_t max_excess = 4;

bool is_free(const std::shared_ptr<bytes>& x) noexcept {
  if (x.use_count() != 1)
    return false;
  // `use_count` does not synchronise with other threads, but destroying a
  // shared pointer does. So the destruction of this copy orders all accesses of
  // former owners before ours.
  auto owner = x; // NOLINT(performance-unnecessary-copy-initialization)
  return true;
}

} // namespace

std::shared_ptr<bytes> buffer_pool::take(std::size_t size) {
  if (size < least_size)
    return std::make_shared<bytes>(size);
  for (const auto& x : blocks_)
    if (x->size() >= size && x->size() / max_excess <= size && is_free(x))
      return x;
  auto result = std::make_shared<bytes>(size);
  if (handed_out_ == not_kept)
    keep(result);
  else
    ++handed_out_;
  return result;
}

void buffer_pool::keep(const std::shared_ptr<bytes>& x) {
  make_room(x->size());
  if (size_ + x->size() > capacity)
    return;
  blocks_.push_back(x);
  size_ += x->size();
}

void buffer_pool::make_room(std::size_t size) {
  // `take` has just found no free block of a suitable size, so any free block
  // may be dropped.
  auto useless = [&](const std::shared_ptr<bytes>& x) {
    if (size_ + size <= capacity || x.use_count() != 1)
      return false;
    size_ -= x->size();
    return true;
  };
  blocks_.erase(std::remove_if(blocks_.begin(), blocks_.end(), useless),
                blocks_.end());
}

void buffer_pool::forget(const std::shared_ptr<bytes>& x) noexcept {
  auto i = std::find(blocks_.begin(), blocks_.end(), x);
  if (i == blocks_.end())
    return;
  size_ -= x->size();
  blocks_.erase(i);
}

void buffer_pool::clear() noexcept {
  blocks_.clear();
  size_ = handed_out_ = 0;
}

} // namespace cafmesh
