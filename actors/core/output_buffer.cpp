#include "output_buffer.hpp"

#include <algorithm>

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

// Moving up what waits each time would cost the square of it.
void output_buffer::drop_front(std::size_t size) noexcept {
  start_ += size;
  if (start_ == end_) {
    start_ = end_ = 0;
  } else if (start_ > worth_keeping && start_ > end_ / 2) {
    std::copy(data_.get() + start_, data_.get() + end_, data_.get());
    end_ -= start_;
    start_ = 0;
  }
}

void output_buffer::relax() {
  if (capacity_ > worth_keeping && greatest_end_ <= worth_keeping)
    move_to(end_ - start_);
  greatest_end_ = end_;
}

void output_buffer::move_to(std::size_t capacity) {
  // Not make_unique, which would clear it.
  std::unique_ptr<std::uint8_t[]> next{new std::uint8_t[capacity]};
  std::copy(data_.get() + start_, data_.get() + end_, next.get());
  data_ = std::move(next);
  capacity_ = capacity;
  end_ -= start_;
  start_ = 0;
}

} // namespace cafmesh
