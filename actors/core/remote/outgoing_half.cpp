#include "actors/core/remote/outgoing_half.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::remote {

void outgoing_half::add_data(bytes body, std::uint64_t label, frame_ends ends,
                             bool is_answer) {
  auto cost = cost_of_message(body.size(), limits_.fragment);
  (cost.is_large ? large_ : small_).add(cost.bytes);
  small_messages_ += cost.is_large ? 0 : 1;
  answers_ += is_answer ? cost.bytes : 0;
  waiting_frame x{frame_kind::data, is_answer, std::move(body), label, {}};
  if (cost.is_large || lane_.delays_receiver(ends.receiver))
    lane_.add(std::move(x), ends);
  else
    waiting_.push_back(std::move(x));
}

bool outgoing_half::add_control(bytes body, frame_ends behind) {
  if (open_controls() >= limits_.controls + reports_.size())
    return false;
  ++waiting_controls_;
  control_bytes_ += body.size();
  waiting_frame x{frame_kind::control, false, std::move(body), {}, {}};
  if (lane_.delays_receiver(behind.receiver))
    lane_.add(std::move(x), behind);
  else if (lane_.delays_sender(behind.sender))
    lane_.add_behind(std::move(x), behind.sender);
  else
    waiting_.push_back(std::move(x));
  return true;
}

void outgoing_half::add_report(gap x) {
  if (reports_.size() >= limits_.reports)
    return;
  reports_.push_back({x.first, 0});
  ++waiting_controls_;
  waiting_.push_back({frame_kind::lost, false, {}, {}, x});
}

bool outgoing_half::next_packet(instant now, new_packet& out) {
  out.clear();
  auto is_full = unsettled_.size() >= limits_.unsettled;
  if (!is_full && !waiting_.empty())
    append_small(now, out);
  else if (!is_full && may_send_fragment())
    append_large(now, out);
  else
    append_repeated(now, out.frames);
  return !out.frames.empty();
}

void outgoing_half::append_small(instant now, new_packet& out) {
  sent_packet record;
  auto& [frames, number, asks] = out;
  if (waiting_.size() > 1)
    frames.reserve(std::min(limits_.packet, waiting_.size() * usual_frame));
  while (!waiting_.empty()) {
    auto& x = waiting_.front();
    auto used = frames.size();
    if (used > 0 && used + x.body.size() > limits_.packet)
      break;
    if (x.kind == frame_kind::data) {
      number = last_number_ + 1;
      const auto cost = cost_of_frame(x.body.size());
      record.cost += cost;
      record.answers += x.is_answer ? cost : 0;
      ++record.messages;
      if (x.label != 0)
        record.labels.push_back(x.label);
      append_data(frames, x.body);
      keep_spent(x.body);
    } else {
      --waiting_controls_;
      // The receiver delivers the frame after the data of this packet. If this
      // packet has no data, the frame follows the last packet with data.
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

void outgoing_half::keep_spent(bytes& x) {
  const auto size = x.capacity();
  if (spent_.size() == most_spent || size == 0 || size > largest_spent)
    return;
  if (spent_.empty())
    spent_.reserve(std::min(most_spent, waiting_.size()));
  spent_.push_back(std::move(x));
}

bool outgoing_half::may_send_fragment() const {
  return !lane_.empty()
         && (in_flight_ == 0
             || in_flight_ + limits_.fragment <= pace_.window());
}

// Appends one fragment of a large message. If the message is complete, the
// frames that waited behind it may be sent next.
void outgoing_half::append_large(instant now, new_packet& out) {
  out.frames.reserve(limits_.fragment + 64);
  auto sent = lane_.append_next(out.frames);
  for (auto& x : lane_.take_released())
    waiting_.push_back(std::move(x));
  out.number = ++last_number_;
  sent_packet record;
  record.number = out.number;
  record.message = sent.message;
  record.size = sent.size;
  record.answers = sent.is_answer ? cost_of_fragment(sent.size) : 0;
  if (sent.label != 0)
    record.labels.push_back(sent.label);
  in_flight_ += sent.size;
  since_asked_ += sent.size;
  if (since_asked_ >= pace_.window() / 4 || !may_send_fragment()) {
    out.wants_answer = true;
    record.asked = now;
    since_asked_ = 0;
  }
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

// Repeats control frames that were not acknowledged in time, as many as a
// packet holds. The oldest come first, because the receiver cannot deliver
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

void outgoing_half::acknowledged(const traffic_head& x, instant now) {
  if (x.settled > last_number_ || x.controls > last_control_)
    return; // acknowledges what we have not sent
  std::optional<instant> asked;
  while (!unsettled_.empty() && unsettled_.front().number <= x.settled) {
    const auto& settled = unsettled_.front();
    in_flight_ -= settled.size;
    since_sampled_ += settled.size;
    small_messages_ -= settled.messages;
    answers_ -= settled.answers;
    if (settled.asked)
      asked = settled.asked;
    unsettled_.pop_front();
  }
  if (asked)
    pace_.settled(std::exchange(since_sampled_, 0), now - *asked, now);
  while (!unacknowledged_.empty()
         && unacknowledged_.front().number <= x.controls) {
    control_bytes_ -= unacknowledged_.front().frame.body.size();
    unacknowledged_.pop_front();
  }
  while (!reports_.empty() && reports_.front().control != 0
         && reports_.front().control <= x.controls)
    reports_.pop_front();
  small_.processed(x.credit);
  large_.processed(x.large_credit);
}

bool outgoing_half::lost(gap x, instant now,
                         std::vector<std::uint64_t>& labels) {
  auto result = false;
  auto sent = std::lower_bound(unsettled_.begin(), unsettled_.end(), x.first,
                               [](const sent_packet& a, std::uint64_t number) {
                                 return a.number < number;
                               });
  for (; sent != unsettled_.end() && sent->number <= x.last; ++sent) {
    if (std::exchange(sent->is_lost, true))
      continue;
    result = true;
    if (sent->message == 0 || note_loss_of(sent->message))
      labels.insert(labels.end(), sent->labels.begin(), sent->labels.end());
    small_.lost(sent->cost);
    sent->asked.reset();
    if (sent->message == 0)
      continue;
    pace_.lost(now);
    const auto unsent = lane_.give_up(sent->message);
    answers_ -= sent->answers > 0 ? unsent : 0;
    large_.lost(cost_of_fragment(sent->size) + unsent);
  }
  for (auto& frame : lane_.take_released())
    waiting_.push_back(std::move(frame));
  return result;
}

// All fragments of a message have the same label, which is reported once, for
// the first fragment that is lost.
bool outgoing_half::note_loss_of(std::uint64_t message) {
  if (!lost_messages_.insert(message).second)
    return false;
  if (lost_messages_.size() > most_lost_messages)
    lost_messages_.erase(lost_messages_.begin());
  return true;
}

std::vector<std::uint64_t> outgoing_half::undecided() const {
  std::vector<std::uint64_t> result;
  auto seen = lost_messages_;
  for (const auto& x : unsettled_)
    if (!x.is_lost && (x.message == 0 || seen.insert(x.message).second))
      result.insert(result.end(), x.labels.begin(), x.labels.end());
  for (const auto& x : waiting_)
    if (x.label != 0)
      result.push_back(x.label);
  lane_.append_labels(seen, result);
  return result;
}

} // namespace cafmesh::remote
