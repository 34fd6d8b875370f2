#include "actors/core/link/output_buffer.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

std::uint8_t* output_buffer::extend(std::size_t size) {
  if (capacity_ - end_ < size)
    move_to(std::max(2 * capacity_, end_ - start_ + size));
  auto* result = data_.get() + end_;
  end_ += size;
  greatest_end_ = std::max(greatest_end_, end_);
  return result;
}

void output_buffer::append(byte_view xs) {
  std::copy(xs.begin(), xs.end(), extend(xs.size()));
}

// Moves the remaining bytes to the front only now and then, because doing so at
// each call would take quadratic time.
void output_buffer::drop_front(std::size_t size) noexcept {
  start_ += size;
  if (start_ == end_) {
    start_ = end_ = 0;
    // Most connections need a large block only while the mesh forms, so it is
    // freed. A connection that often sends a lot keeps its block.
    if (capacity_ > most_kept && times_freed_ < most_frees) {
      ++times_freed_;
      data_.reset();
      capacity_ = 0;
    }
  } else if (start_ > worth_moving && start_ > end_ / 2) {
    std::copy(data_.get() + start_, data_.get() + end_, data_.get());
    end_ -= start_;
    start_ = 0;
  }
}

void output_buffer::relax() {
  if (greatest_end_ < capacity_ / 2)
    move_to(std::max(greatest_end_, end_ - start_));
  greatest_end_ = end_;
  times_freed_ = 0;
}

void output_buffer::move_to(std::size_t capacity) {
  // std::make_unique is not used, because it would clear the memory.
  std::unique_ptr<std::uint8_t[]> next{new std::uint8_t[capacity]};
  std::copy(data_.get() + start_, data_.get() + end_, next.get());
  data_ = std::move(next);
  capacity_ = capacity;
  end_ -= start_;
  start_ = 0;
}

} // namespace cafmesh
