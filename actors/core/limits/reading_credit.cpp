#include "actors/core/limits/reading_credit.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

duration earned(std::size_t size, const reading_credit::pause_limit& limit) {
  auto ns = static_cast<std::uint64_t>(size) * 1'000'000'000u
            / static_cast<std::uint64_t>(limit.least_rate);
  return std::min<duration>(
    limit.longest,
    std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(ns)});
}

} // namespace

bool reading_credit::has_credit(const channel& x) const noexcept {
  if (x.batches_ == 0)
    return true;
  if (bytes_ >= many_bytes)
    return false;
  return x.batches_ < few_batches
         || (x.batches_ < most_batches && x.bytes_ < few_bytes);
}

void reading_credit::read(std::size_t size) noexcept {
  alone_ = std::min(alone.longest, alone_ + earned(size, alone));
  shared_ = std::min(shared.longest, shared_ + earned(size, shared));
}

void reading_credit::took(channel& x, std::size_t size, instant now) noexcept {
  ++batches_;
  ++x.batches_;
  bytes_ += size;
  x.bytes_ += size;
  x.last_used_ = now;
  x.used_ = true;
  if (x.out_ || has_credit(x))
    return;
  x.out_ = true;
  if (out_++ == 0)
    paused_ = now;
}

void reading_credit::answered(channel& x, std::size_t size,
                              instant now) noexcept {
  --batches_;
  --x.batches_;
  bytes_ -= size;
  x.bytes_ -= size;
  if (!has_credit(x))
    return;
  x.bypassed_ = false;
  wait_no_more(x, now);
}

void reading_credit::bypass(channel& x, instant now) noexcept {
  x.bypassed_ = true;
  wait_no_more(x, now);
}

void reading_credit::wait_no_more(channel& x, instant now) noexcept {
  if (!x.out_)
    return;
  x.out_ = false;
  if (--out_ > 0)
    return;
  auto pause = now - paused_;
  alone_ = std::max(duration::zero(), alone_ - pause);
  shared_ = std::max(duration::zero(), shared_ - pause);
}

bool reading_credit::is_too_long(bool others, instant now) const noexcept {
  return out_ > 0 && now - paused_ >= (others ? shared_ : alone_);
}

} // namespace cafmesh
