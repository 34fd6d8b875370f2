#include <algorithm>
#include <charconv>
#include <ctime>

#include "tools/http/connection.hpp"
#include "tools/http/server_parts.hpp"

// Part of `connection`: sends answers, and ends the connection after the last
// one.
namespace http {

namespace {

constexpr std::chrono::seconds drain_time{2};
constexpr std::size_t most_drained = 256 * 1024;

// Bodies of up to this size are appended to the buffer with the headers. Larger
// bodies are sent without a copy.
constexpr std::size_t most_copied = 4 * 1024;

// Returns the `Date` header, which each thread formats at most once per second.
std::string_view date_header() {
  thread_local std::time_t second = 0;
  thread_local char text[48];
  thread_local std::size_t size = 0;
  auto now = std::time(nullptr);
  if (now != second) {
    second = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(text, sizeof(text),
                         "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  }
  return {text, size};
}

void append_number(std::string& to, std::size_t x) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof(digits), x).ptr;
  to.append(digits, end);
}

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

} // namespace

void connection::answer(std::uint64_t number, response x) {
  if (thread_->is_this_thread()) {
    if (is_current(number))
      write_answer(std::move(x));
    return;
  }
  auto kept = std::make_shared<response>(std::move(x));
  run([number, kept](connection& self) {
    if (self.is_current(number))
      self.write_answer(std::move(*kept));
  });
}

void connection::set_answer_time(std::uint64_t number,
                                 std::chrono::milliseconds x) {
  run([number, x](connection& self) {
    if (self.is_current(number))
      self.deadline_ = self.in(x);
  });
}

void connection::write_answer(response x) {
  make_room_for(x);
  shared_->answers.add(x.status);
  phase_ = phase::writing;
  keeps_alive_ = keeps_alive_ && !is_winding_up_
                 && !shared_->is_stopping.load(std::memory_order_relaxed);
  head_.clear();
  write_head(x);
  std::string_view body = x.static_body;
  if (body.empty()) {
    text_ = std::move(x.body);
    body = text_;
  }
  if (is_head_ || has_no_body(x.status))
    body = {};
  auto size = head_.size() + body.size();
  if (body.size() <= most_copied) {
    head_ += body;
    body = {};
  }
  parts_.emplace_back(head_);
  if (!body.empty())
    parts_.push_back(body);
  deadline_ = in(transfer_time(size));
  if (!is_writing_)
    write_rest();
}

// Counts a large answer at once, because a client could ask for many. If it
// has no room, the client is told so, unless it has changed something.
void connection::make_room_for(response& x) {
  constexpr std::size_t large = 64 * 1024;
  if (is_head_ || !is_safe_ || x.body.size() < large)
    return;
  auto verdict = held_.set_output(x.body.size());
  if (verdict == held_bytes::verdict::fits)
    return;
  held_.set(0);
  auto why = busy(verdict);
  x = {why.status, "application/problem+json", to_json(why), why.headers, {}};
}

void connection::write_head(const response& x) {
  head_ += "HTTP/1.1 ";
  append_number(head_, static_cast<std::size_t>(x.status));
  head_.append(" ").append(reason_of(x.status)).append("\r\n");
  head_ += date_header();
  head_ += shared_->fixed_headers;
  if (!x.content_type.empty())
    append_header(head_, "Content-Type", x.content_type);
  if (!has_no_body(x.status)) {
    head_ += "Content-Length: ";
    append_number(head_, std::max(x.body.size(), x.static_body.size()));
    head_ += "\r\n";
  }
  for (const auto& each : x.headers)
    append_header(head_, each.first, each.second);
  // An HTTP/1.0 client keeps the connection only if a header confirms it.
  head_ += keeps_alive_ ? "Connection: keep-alive\r\n\r\n"
                        : "Connection: close\r\n\r\n";
}

void connection::write_rest() {
  is_writing_ = true;
  over_->write(shared_from_this(), parts_);
}

void connection::on_written(std::size_t size) {
  is_writing_ = false;
  shared_->bytes_out += size;
  if (phase_ == phase::closed)
    return;
  if (size == 0)
    return close();
  auto whole = parts_.begin();
  for (; whole != parts_.end() && size >= whole->size(); ++whole)
    size -= whole->size();
  parts_.erase(parts_.begin(), whole);
  if (!parts_.empty()) {
    parts_.front().remove_prefix(size);
    return write_rest();
  }
  if (phase_ == phase::writing)
    written();
  else if (phase_ == phase::events)
    events_written();
}

void connection::written() {
  constexpr std::size_t most_kept = 16 * 1024;
  held_.set(0);
  if (text_.capacity() > most_kept)
    std::string{}.swap(text_);
  if (!keeps_alive_ || is_winding_up_ || (is_at_end_ && begin_ == end_))
    finish();
  else
    next_request();
}

// Ends the connection without losing the end of the answer. If a socket is
// closed while it has unread input, TCP resets the connection, so the
// remaining input is read and discarded first.
void connection::finish() {
  phase_ = phase::draining;
  deadline_ = in(drain_time);
  end_streams();
  if (is_at_end_)
    return close();
  over_->finish(shared_from_this());
  drained_ = 0;
  drain(0);
}

void connection::drain(std::size_t size) {
  drained_ += size;
  if (is_at_end_ || drained_ > most_drained)
    return close();
  if (is_reading_)
    return;
  begin_ = end_ = 0;
  is_reading_ = true;
  if (buffer_)
    over_->read(shared_from_this(), buffer_.get(), capacity_);
  else
    over_->read(shared_from_this(), aside_, sizeof(aside_));
}

void connection::on_sweep(time_point now) {
  if (phase_ == phase::closed)
    return;
  if (phase_ == phase::socket)
    return sweep_socket(now);
  if (is_slow_beyond_limit())
    return cut_off();
  if (phase_ == phase::events)
    return sweep_events(now);
  if (now >= deadline_)
    expire();
}

// Counts output only once it waits, because a client that reads at once costs
// nothing for long.
bool connection::is_slow_beyond_limit() {
  std::size_t bytes = 0;
  if (phase_ == phase::writing)
    bytes = held_.bytes() > 0 ? held_.bytes() : head_.size() + text_.size();
  else if (phase_ == phase::events && is_writing_)
    bytes = bytes_of_events();
  return held_.set_output(bytes) != held_bytes::verdict::fits;
}

void connection::expire() {
  switch (phase_) {
  case phase::head:
    if (!has_begun_)
      return close();
    [[fallthrough]];
  case phase::body:
    ++shared_->cut_off_connections;
    return refuse({408, "too_slow", "The request took too long to arrive."});
  case phase::handling: {
    auto x = current_.lock();
    write_answer(x ? x->late_answer() : no_answer_in_time());
    if (x)
      x->expire();
    return;
  }
  case phase::draining:
    return close();
  default:
    return cut_off();
  }
}

void connection::cut_off() {
  ++shared_->cut_off_connections;
  close();
}

void connection::wind_up() {
  is_winding_up_ = true;
  if (phase_ == phase::events)
    finish();
  else if (phase_ == phase::socket)
    socket_->close(1001);
  else if (phase_ == phase::handshake || phase_ == phase::head
           || phase_ == phase::body)
    close();
}

void connection::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  over_->close();
  end_streams();
  receiving_.reset();
  shared_->clients.leave(ends_.remote);
  if (auto x = current_.lock())
    x->expire();
}

} // namespace http
