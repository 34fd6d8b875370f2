#include "actors/core/remote/outgoing_half.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::remote {

void outgoing_half::add_data(bytes body, std::uint64_t label) {
  cost_ += cost_of_frame(body.size());
  waiting_.push_back({frame_kind::data, std::move(body), label, {}});
}

bool outgoing_half::add_control(bytes body) {
  if (waiting_controls_ + unacknowledged_.size()
      >= limits_.controls + reports_.size())
    return false;
  ++waiting_controls_;
  waiting_.push_back({frame_kind::control, std::move(body), 0, {}});
  return true;
}

void outgoing_half::add_report(gap x) {
  if (reports_.size() >= limits_.reports)
    return;
  reports_.push_back({x.first, 0});
  ++waiting_controls_;
  waiting_.push_back({frame_kind::lost, {}, 0, x});
}

bool outgoing_half::next_packet(instant now, bytes& frames,
                                std::uint64_t& number) {
  auto before = frames.size();
  number = 0;
  if (has_new())
    append_new(now, frames, number);
  else
    append_repeated(now, frames);
  return frames.size() > before;
}

void outgoing_half::append_new(instant now, bytes& frames,
                               std::uint64_t& number) {
  sent_packet record;
  auto begin = frames.size();
  while (!waiting_.empty()) {
    auto& x = waiting_.front();
    auto used = frames.size() - begin;
    if (used > 0 && used + x.body.size() > limits_.packet)
      break;
    if (x.kind == frame_kind::data) {
      number = last_number_ + 1;
      record.cost += cost_of_frame(x.body.size());
      if (x.label != 0)
        record.labels.push_back(x.label);
      append_data(frames, x.body);
    } else {
      --waiting_controls_;
      // The frame comes after the data of this packet, or after that of the
      // last packet with data if this one has none.
      auto after = number != 0 ? number : last_number_;
      send_control({++last_control_, after, std::move(x), now}, frames);
    }
    waiting_.pop_front();
  }
  if (number == 0)
    return;
  last_number_ = record.number = number;
  unsettled_.push_back(std::move(record));
}

void outgoing_half::send_control(sent_control x, bytes& frames) {
  if (x.frame.kind == frame_kind::lost)
    std::find_if(reports_.begin(), reports_.end(), [](const open_report& r) {
      return r.control == 0;
    })->control = x.number;
  append(x, frames);
  unacknowledged_.push_back(std::move(x));
}

// Repeats the oldest control frames first, because the receiver cannot deliver
// later ones without them.
void outgoing_half::append_repeated(instant now, bytes& frames) {
  auto begin = frames.size();
  for (auto& x : unacknowledged_) {
    if (x.sent + limits_.repeat > now
        || (frames.size() > begin
            && frames.size() - begin + x.frame.body.size() > limits_.packet))
      return;
    x.sent = now;
    append(x, frames);
  }
}

void outgoing_half::append(const sent_control& x, bytes& out) {
  if (x.frame.kind == frame_kind::lost)
    append_lost(out, x.number, x.after, x.frame.report.first,
                x.frame.report.last);
  else
    cafmesh::remote::append_control(out, x.number, x.after, x.frame.body);
}

std::optional<instant> outgoing_half::due() const {
  if (unacknowledged_.empty())
    return std::nullopt;
  return unacknowledged_.front().sent + limits_.repeat;
}

void outgoing_half::acknowledged(const traffic_head& x) {
  if (x.settled > last_number_ || x.controls > last_control_)
    return; // acknowledges what we have not sent
  while (!unsettled_.empty() && unsettled_.front().number <= x.settled)
    unsettled_.pop_front();
  while (!unacknowledged_.empty()
         && unacknowledged_.front().number <= x.controls)
    unacknowledged_.pop_front();
  while (!reports_.empty() && reports_.front().control != 0
         && reports_.front().control <= x.controls)
    reports_.pop_front();
  returned_ = std::max(returned_, std::min(x.credit, cost_ - lost_cost_));
}

void outgoing_half::lost(gap x, std::vector<std::uint64_t>& labels) {
  auto sent = std::lower_bound(unsettled_.begin(), unsettled_.end(), x.first,
                               [](const sent_packet& a, std::uint64_t number) {
                                 return a.number < number;
                               });
  for (; sent != unsettled_.end() && sent->number <= x.last; ++sent) {
    labels.insert(labels.end(), sent->labels.begin(), sent->labels.end());
    sent->labels.clear();
    lost_cost_ += std::min(std::exchange(sent->cost, 0), outstanding());
  }
}

std::vector<std::uint64_t> outgoing_half::undecided() const {
  std::vector<std::uint64_t> result;
  for (const auto& x : unsettled_)
    result.insert(result.end(), x.labels.begin(), x.labels.end());
  for (const auto& x : waiting_)
    if (x.label != 0)
      result.push_back(x.label);
  return result;
}

} // namespace cafmesh::remote
