#include "actors/core/remote/incoming_half.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cafmesh::remote {

namespace {

std::size_t size_of(const std::vector<arrival>& xs) {
  std::size_t result = 0;
  for (const auto& x : xs)
    result += x.body.size();
  return result;
}

// Appends the frames with data to `out`, and moves their bodies there.
void move_data(std::vector<frame_view>& from, std::vector<arrival>& out) {
  for (auto& frame : from)
    if (frame.kind == frame_kind::data)
      out.push_back({false, std::move(frame.body), std::nullopt});
    else if (frame.kind == frame_kind::fragment)
      out.push_back({false, std::move(frame.body), frame.place});
}

} // namespace

void incoming_half::arrived(packet& x, instant now, std::vector<arrival>& out) {
  for (const auto& frame : x.frames)
    if (!carries_data(frame.kind))
      keep_control(frame);
  highest_ = std::max(highest_, x.traffic.highest);
  auto before = expected_;
  auto number = x.traffic.number;
  if (number == expected_) {
    ++expected_;
    move_data(x.frames, out);
    release_controls(out);
    deliver_next(out);
  } else if (number > expected_ && waiting_packets_.count(number) == 0) {
    auto& data = waiting_packets_[number];
    move_data(x.frames, data);
    waiting_bytes_ += size_of(data);
    while (is_crowded())
      skip_gap(out);
  } else if (number != 0) {
    ++dropped_;
  }
  release_controls(out);
  look_for_gap(now, expected_ != before);
}

void incoming_half::keep_control(const frame_view& x) {
  if (x.number < next_control_ || controls_.count(x.number) != 0)
    return;
  // The next control frame in order is kept even if there is no room. Until it
  // is delivered, no later frame can be delivered and make room.
  auto full = controls_.size() >= limits_.controls
              || control_bytes_ >= limits_.control_bytes;
  if (full && x.number != contiguous_controls_ + 1)
    return;
  control kept{x.after, x.body.compact(), x.kind == frame_kind::lost};
  // A report of lost packets is handled immediately, without waiting for
  // earlier frames. As soon as we acknowledge the report, the peer counts these
  // packets as settled.
  if (kept.is_report)
    reports_.push_back({x.first_lost, x.last_lost});
  control_bytes_ += kept.body.size();
  highest_ = std::max(highest_, x.after);
  controls_.emplace(x.number, std::move(kept));
  while (controls_.count(contiguous_controls_ + 1) != 0)
    ++contiguous_controls_;
}

void incoming_half::release_controls(std::vector<arrival>& out) {
  while (!controls_.empty()) {
    auto first = controls_.begin();
    if (first->first != next_control_ || first->second.after >= expected_)
      return;
    if (!first->second.is_report)
      out.push_back({true, first->second.body, std::nullopt});
    control_bytes_ -= first->second.body.size();
    controls_.erase(first);
    ++next_control_;
  }
}

void incoming_half::deliver_next(std::vector<arrival>& out) {
  while (!waiting_packets_.empty()
         && waiting_packets_.begin()->first == expected_) {
    auto frames = std::move(waiting_packets_.begin()->second);
    waiting_packets_.erase(waiting_packets_.begin());
    waiting_bytes_ -= size_of(frames);
    ++expected_;
    out.insert(out.end(), std::make_move_iterator(frames.begin()),
               std::make_move_iterator(frames.end()));
    release_controls(out);
  }
}

void incoming_half::skip_gap(std::vector<arrival>& out) {
  auto next =
    waiting_packets_.empty() ? highest_ + 1 : waiting_packets_.begin()->first;
  gaps_.push_back({expected_, next - 1});
  expected_ = next;
  release_controls(out);
  deliver_next(out);
}

bool incoming_half::is_crowded() const {
  return waiting_packets_.size() > limits_.packets
         || (waiting_packets_.size() > 1 && waiting_bytes_ > limits_.bytes);
}

void incoming_half::look_for_gap(instant now, bool progress) {
  if (highest_ < expected_)
    gap_since_.reset();
  else if (!gap_since_ || progress)
    gap_since_ = now;
}

void incoming_half::expire(instant now, std::vector<arrival>& out) {
  if (auto end = due(); !end || *end > now)
    return;
  skip_gap(out);
  look_for_gap(now, true);
}

std::optional<instant> incoming_half::due() const {
  if (!gap_since_)
    return std::nullopt;
  return *gap_since_ + limits_.time;
}

} // namespace cafmesh::remote
