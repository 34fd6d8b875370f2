#include "actors/core/remote/session.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::remote {

namespace {

// The epoch of a session that begins now. It is a time, so it exceeds the
// epochs of all earlier sessions with the peer, which need not be remembered.
std::uint64_t epoch_at(instant now) {
  using std::chrono::microseconds;
  auto count =
    std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count();
  return count > 0 ? static_cast<std::uint64_t>(count) : 1;
}

// The maximum size in bytes of everything before the frames of a packet.
constexpr std::size_t largest_head = 128;

} // namespace

session::session(peer_uid ours, peer_uid theirs, std::uint64_t token,
                 instant now, session_limits limits)
    : ours_(ours), theirs_(theirs), limits_(limits), our_token_(token),
      our_epoch_(epoch_at(now)), arriving_(limits.ordering),
      sending_(limits.sending), last_heard_(now), last_probe_(now),
      welcoming_since_(now), no_hello_before_(now) {
}

packet_head session::head(packet_kind kind, std::uint64_t to_token) const {
  return {kind, ours_, theirs_, our_token_, to_token, our_epoch_};
}

bool session::owes_answer() const noexcept {
  return watched_ || doubted_since_ || sending_.is_waiting_for_answer();
}

// To be called before anything is sent that the peer has to answer. If the peer
// owed no answer until now, its silence counts from now, not from its last
// packet.
void session::start_silence_clock(instant now) noexcept {
  if (!owes_answer())
    last_heard_ = last_probe_ = now;
}

void session::answer_by(instant x) {
  if (!answer_at_ || *answer_at_ > x)
    answer_at_ = x;
}

void session::set_watched(bool x, instant now) {
  start_silence_clock(now);
  watched_ = x;
}

void session::doubt(instant now) {
  if (doubted_since_)
    return;
  start_silence_clock(now);
  doubted_since_ = now;
  last_probe_ = now - limits_.sending.repeat; // so that a probe is due
}

void session::greet(instant now) {
  if (is_open())
    return;
  greetings_ = limits_.greetings;
  hello_at_ = std::max(now, no_hello_before_);
}

void session::seek(instant from) {
  if (is_open())
    return;
  is_sought_ = true;
  hello_at_ = std::max(from, no_hello_before_);
}

void session::add_data(bytes body, std::uint64_t label, instant now,
                       frame_ends ends, bool is_answer) {
  start_silence_clock(now);
  sending_.add_data(std::move(body), label, ends, is_answer);
}

bool session::add_control(bytes body, instant now, frame_ends behind) {
  start_silence_clock(now);
  return sending_.add_control(std::move(body), behind);
}

void session::return_credit(instant now) {
  answer_by(now);
}

// -- receiving

void session::receive(packet& x, instant now, session_events& out) {
  if (x.head.from != theirs_ || x.head.to != ours_)
    return;
  if (x.head.kind == packet_kind::hello)
    return hello_arrived(x.head, now);
  if (!is_of_this_session(x.head, now, out))
    return;
  last_heard_ = now;
  doubted_since_.reset();
  if (x.head.kind == packet_kind::farewell)
    out.left = true;
  else if (x.head.kind == packet_kind::traffic)
    traffic_arrived(x, now, out);
}

void session::hello_arrived(const packet_head& x, instant now) {
  // Limits the answers, because anybody can forge a hello in the peer's name,
  // and all answers go to the peer.
  if (now - welcoming_since_ >= limits_.hello) {
    welcoming_since_ = now;
    welcomed_ = 0;
  }
  if (welcomed_++ < limits_.welcomes)
    welcomes_.push_back(x.from_token);
}

// Whether the packet belongs to this session. If the peer has begun a newer
// session, adopts that one, unless it began too soon after the last one.
bool session::is_of_this_session(const packet_head& x, instant now,
                                 session_events& out) {
  if (x.to_token != our_token_) {
    // Our token may be so new that the peer does not know it yet. A hello tells
    // it to the peer.
    if (now >= no_hello_before_)
      hello_at_ = now;
    return false;
  }
  if (x.from_token == their_token_)
    return true;
  if (their_token_ != 0
      && (x.epoch <= their_epoch_
          || (began_again_
              && now - *began_again_ < limits_.between_beginnings)))
    return false;
  adopt(x, now, out);
  return true;
}

void session::adopt(const packet_head& x, instant now, session_events& out) {
  if (their_token_ != 0) {
    out.undecided = sending_.undecided();
    arriving_ = incoming_half{limits_.ordering};
    sending_ = outgoing_half{limits_.sending};
    processed_ = processed_large_ = 0;
    began_again_ = now;
    out.began_again = true;
  }
  their_token_ = x.from_token;
  their_epoch_ = x.epoch;
  hello_at_.reset();
  // Schedules a packet immediately, to show the peer that we know its token.
  answer_by(now);
}

void session::traffic_arrived(packet& x, instant now, session_events& out) {
  is_sought_ = false;
  arriving_.arrived(x, now, out.arrivals);
  report_gaps(now, out);
  sending_.acknowledged(x.traffic, now);
  if (x.traffic.wants_answer)
    answer_by(now);
  else if (!x.frames.empty())
    answer_by(now + limits_.answer);
}

void session::report_gaps(instant now, session_events& out) {
  for (const auto& x : arriving_.take_reports())
    if (sending_.lost(x, now, out.lost))
      out.lost_data = true;
  for (const auto& x : arriving_.take_gaps())
    sending_.add_report(x);
}

void session::expire(instant now, session_events& out) {
  arriving_.expire(now, out.arrivals);
  report_gaps(now, out);
}

// -- sending

traffic_head session::state() const {
  traffic_head result;
  result.highest = sending_.highest();
  result.settled = arriving_.settled();
  if (auto first = sending_.first_unreported())
    result.settled = std::min(result.settled, *first - 1);
  result.controls = arriving_.controls();
  result.credit = processed_;
  result.large_credit = processed_large_;
  return result;
}

bytes session::traffic(const new_packet& content, instant now) {
  bytes result;
  result.reserve(content.frames.size() + largest_head);
  append_head(result, head(packet_kind::traffic, their_token_));
  auto x = state();
  x.number = content.number;
  auto probe = probe_due();
  x.wants_answer = content.wants_answer || (probe && *probe <= now);
  if (x.wants_answer)
    last_probe_ = now;
  append_traffic(result, x);
  result.insert(result.end(), content.frames.begin(), content.frames.end());
  answer_at_.reset();
  return result;
}

std::optional<instant> session::probe_due() const {
  if (!is_open() || !(owes_answer() || is_sought_))
    return std::nullopt;
  if (doubted_since_ || sending_.is_waiting_for_answer())
    return last_probe_ + limits_.sending.repeat;
  return std::max(last_heard_, last_probe_) + probe_interval();
}

void session::introduce(packet_kind kind, std::uint64_t to,
                        std::vector<bytes>& out) const {
  out.emplace_back();
  append_head(out.back(), head(kind, to));
}

void session::say_hello(instant now, std::vector<bytes>& out) {
  if (!is_open() && owes_answer()) {
    const auto soon = std::max(now, no_hello_before_);
    hello_at_ = std::min(hello_at_.value_or(soon), soon);
  }
  if (!hello_at_ || *hello_at_ > now)
    return;
  introduce(packet_kind::hello, 0, out);
  no_hello_before_ = now + limits_.hello;
  hello_at_.reset();
  const bool greets = greetings_ > 0;
  if (greets)
    --greetings_;
  if (!is_open() && (owes_answer() || greets))
    hello_at_ = no_hello_before_;
  else if (!is_open() && is_sought_)
    hello_at_ = now + probe_interval();
}

std::vector<bytes> session::take_packets(instant now) {
  std::vector<bytes> result;
  for (auto to : std::exchange(welcomes_, {}))
    introduce(packet_kind::welcome, to, result);
  say_hello(now, result);
  if (!is_open())
    return result;
  for (new_packet x; sending_.next_packet(now, x);)
    result.push_back(traffic(x, now));
  auto probe = probe_due();
  if ((answer_at_ && *answer_at_ <= now) || (probe && *probe <= now))
    result.push_back(traffic({}, now));
  return result;
}

bytes session::farewell() const {
  bytes result;
  append_head(result, head(packet_kind::farewell, their_token_));
  return result;
}

std::optional<instant> session::due() const {
  std::optional<instant> result;
  auto add = [&](std::optional<instant> x) {
    if (x && (!result || *x < *result))
      result = x;
  };
  add(hello_at_);
  add(arriving_.due());
  if (owes_answer())
    add(last_heard_ + limits_.down_after);
  if (doubted_since_)
    add(*doubted_since_ + limits_.doubt);
  if (is_open()) {
    add(answer_at_);
    add(probe_due());
    add(sending_.due());
  }
  return result;
}

// -- the end

bool session::is_unreachable(instant now) const {
  return (owes_answer() && now - last_heard_ >= limits_.down_after)
         || (doubted_since_ && now - *doubted_since_ >= limits_.doubt);
}

void session::begin_again(std::uint64_t token, instant now) {
  our_token_ = token;
  our_epoch_ = std::max(our_epoch_ + 1, epoch_at(now));
  their_token_ = 0;
  arriving_ = incoming_half{limits_.ordering};
  sending_ = outgoing_half{limits_.sending};
  processed_ = processed_large_ = 0;
  watched_ = false;
  doubted_since_.reset();
  is_sought_ = false;
  hello_at_.reset();
}

} // namespace cafmesh::remote
