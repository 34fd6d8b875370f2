#include "actors/core/link/buffer_pool.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

// Far too large a block is no good: little in it would keep it all.
constexpr std::size_t greatest_waste = 4;

bool is_free(const std::shared_ptr<bytes>& x) noexcept {
  if (x.use_count() != 1)
    return false;
  // The count alone orders nothing. Another owner, come and gone, does: its
  // going follows that of whoever read from the block last.
  auto owner = x;
  return true;
}

} // namespace

std::shared_ptr<bytes> buffer_pool::take(std::size_t size) {
  if (size < least_size)
    return std::make_shared<bytes>(size);
  for (const auto& x : blocks_)
    if (x->size() >= size && x->size() / greatest_waste <= size && is_free(x))
      return x;
  auto result = std::make_shared<bytes>(size);
  if (asked_for_ == seldom)
    keep(result);
  else
    ++asked_for_;
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
  // What is free did not fit.
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
  size_ = asked_for_ = 0;
}

} // namespace cafmesh
