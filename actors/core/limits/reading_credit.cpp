#include "actors/core/limits/reading_credit.hpp"

#include <algorithm>
#include <utility>

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

bool reading_credit::has_overdraft(const channel& x) const noexcept {
  return x.held_ && bytes_ < many_bytes && x.batches_ < overdraft.batches
         && x.bytes_ < overdraft.bytes;
}

void reading_credit::read(std::size_t size) noexcept {
  alone_left_ = std::min(alone.longest, alone_left_ + earned(size, alone));
  shared_left_ = std::min(shared.longest, shared_left_ + earned(size, shared));
}

void reading_credit::note_use(const channel& x, instant now) noexcept {
  if (last_used_ != &x) {
    other_was_used_ = last_used_ != nullptr;
    other_used_ = used_at_;
    last_used_ = &x;
  }
  used_at_ = now;
}

bool reading_credit::batch_sent(channel& x, std::size_t size,
                                instant now) noexcept {
  ++batches_;
  ++x.batches_;
  bytes_ += size;
  x.bytes_ += size;
  if (!x.is_topology_)
    note_use(x, now);
  x.out_of_credit_ = x.out_of_credit_ || !has_credit(x);
  auto holds = x.out_of_credit_ && !x.held_ && !x.waited_for_ && !x.is_topology_
               && remote_takes_holds_ && others_were_used(now);
  x.held_ = x.held_ || holds;
  if (x.out_of_credit_ && !x.waited_for_ && !has_overdraft(x)) {
    x.waited_for_ = true;
    if (waiting_channels_++ == 0)
      paused_ = now;
  }
  return holds;
}

bool reading_credit::answered(channel& x, std::size_t size,
                              instant now) noexcept {
  --batches_;
  --x.batches_;
  bytes_ -= size;
  x.bytes_ -= size;
  if (has_credit(x)) {
    x.bypassed_ = false;
    x.out_of_credit_ = false;
    wait_no_more(x, now);
    return std::exchange(x.held_, false);
  }
  if (has_overdraft(x))
    wait_no_more(x, now);
  return false;
}

void reading_credit::bypass(channel& x, instant now) noexcept {
  x.bypassed_ = true;
  wait_no_more(x, now);
}

void reading_credit::wait_no_more(channel& x, instant now) noexcept {
  if (!x.waited_for_)
    return;
  x.waited_for_ = false;
  if (--waiting_channels_ > 0)
    return;
  auto pause = now - paused_;
  alone_left_ = std::max(duration::zero(), alone_left_ - pause);
  shared_left_ = std::max(duration::zero(), shared_left_ - pause);
}

bool reading_credit::others_were_used(instant now) const noexcept {
  return other_was_used_ && now - other_used_ < recent_use;
}

bool reading_credit::is_too_long(instant now) const noexcept {
  return waiting_channels_ > 0
         && now - paused_
              >= (others_were_used(now) ? shared_left_ : alone_left_);
}

} // namespace cafmesh
