#include <algorithm>

#include "tools/http/connection.hpp"
#include "tools/http/server_parts.hpp"
#include "tools/http/socket_queue.hpp"
#include "tools/http/stream_queue.hpp"

// Part of `connection`: streams of server-sent events, and the change to a
// WebSocket.
namespace http {

void connection::begin_events(std::uint64_t number,
                              std::shared_ptr<stream_queue> x) {
  run([number, x = std::move(x)](connection& self) {
    self.start_events(number, x);
  });
}

void connection::begin_socket(std::uint64_t number,
                              std::shared_ptr<socket_queue> x,
                              std::shared_ptr<exchange> from) {
  run([number, x = std::move(x), from = std::move(from)](connection& self) {
    self.start_socket(number, x, from->request);
  });
}

bool connection::is_allowed() const {
  return shared_->current_tokens()->level_of(credential_) >= needed_;
}

void connection::check_stream() {
  if ((phase_ == phase::events || phase_ == phase::socket) && !is_allowed())
    close();
}

void connection::start_events(std::uint64_t number,
                              std::shared_ptr<stream_queue> x) {
  if (!is_current(number) || is_winding_up_ || !is_allowed()) {
    shared_->clients.leave_stream(ends_.remote);
    x->end();
    return is_current(number) ? close() : void();
  }
  events_ = std::move(x);
  if (!is_reading_)
    free_buffer();
  head_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
          "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
          "Connection: close\r\n";
  head_ += shared_->fixed_headers;
  head_ += "\r\n";
  if (!is_head_)
    head_ += "retry: 2000\n\n";
  parts_.emplace_back(head_);
  phase_ = phase::events;
  shared_->answers.add(200);
  next_comment_ = in(limit().comment_interval);
  deadline_ = in(transfer_time(head_.size()));
  events_->attach([thread = thread_, weak = weak_from_this()] {
    thread->post([weak] {
      if (auto self = weak.lock())
        self->pump_events();
    });
  });
  if (is_head_)
    events_->close();
  if (!is_writing_)
    write_rest();
  if (is_at_end_)
    return close();
  read_aside();
}

void connection::pump_events() {
  if (phase_ != phase::events || is_writing_)
    return;
  events_->take(batch_);
  if (batch_.empty())
    return events_->is_closing() ? finish() : void();
  batch_bytes_ = 0;
  for (const auto& x : batch_) {
    parts_.emplace_back(*x);
    batch_bytes_ += x->size();
  }
  constexpr std::size_t large = 64 * 1024;
  if (batch_bytes_ >= large
      && held_.set_output(bytes_of_events()) != held_bytes::verdict::fits)
    return cut_off();
  deadline_ = in(transfer_time(batch_bytes_));
  write_rest();
}

// A text that several streams hold counts in part for each of them.
std::size_t connection::bytes_of_events() const {
  auto result = events_->bytes() - batch_bytes_;
  for (const auto& x : batch_)
    result += x->size() / static_cast<std::size_t>(x.use_count());
  return result;
}

void connection::events_written() {
  held_.set(0);
  if (!head_.empty())
    std::string{}.swap(head_); // a stream no longer needs it
  batch_.clear();
  auto queue = events_; // a callback may end the stream
  if (auto bytes = std::exchange(batch_bytes_, 0); bytes > 0)
    queue->written(bytes);
  pump_events();
}

void connection::sweep_events(time_point now) {
  if (is_writing_)
    return now >= deadline_ ? cut_off() : void();
  if (now < next_comment_)
    return;
  next_comment_ = now + limit().comment_interval;
  deadline_ = now + transfer_time(0);
  parts_.emplace_back(":\n\n");
  write_rest();
}

void connection::start_socket(std::uint64_t number,
                              std::shared_ptr<socket_queue> x,
                              const request& from) {
  if (!is_current(number) || is_reading_ || is_winding_up_ || !is_allowed()) {
    shared_->clients.leave_stream(ends_.remote);
    x->end();
    return is_current(number) ? close() : void();
  }
  phase_ = phase::socket;
  shared_->answers.add(101);
  socket_ = std::move(x);
  over_->upgrade(shared_from_this(), from, socket_, unread());
  free_buffer();
}

void connection::on_socket_bytes(std::size_t received, std::size_t sent) {
  shared_->bytes_in += received;
  shared_->bytes_out += sent;
}

bool connection::on_unhandled_bytes(std::size_t bytes, bool is_whole,
                                    std::size_t capacity) {
  if (phase_ != phase::socket)
    bytes = capacity = 0; // a read may complete after the end
  const auto was_unfinished = is_unfinished_;
  is_unfinished_ = bytes > 0 && !is_whole;
  if (is_unfinished_) {
    if (!was_unfinished)
      body_begin_ = thread_->now();
    deadline_ = body_begin_ + transfer_time(bytes);
  }
  return held_.set(std::max(bytes, capacity)) == held_bytes::verdict::fits;
}

void connection::on_socket_write(std::size_t bytes) {
  write_deadline_ = in(transfer_time(bytes));
}

void connection::on_socket_written() {
  write_deadline_ = time_point::max();
}

void connection::on_socket_closing() {
  if (close_deadline_ == time_point::max())
    close_deadline_ = in(limit().transfer_grace);
}

void connection::sweep_socket(time_point now) {
  if ((is_unfinished_ && now >= deadline_) || now >= write_deadline_
      || now >= close_deadline_)
    return cut_off();
  socket_->check_room();
}

void connection::on_socket_end() {
  close();
}

void connection::end_streams() {
  if (auto x = std::exchange(events_, nullptr)) {
    shared_->clients.leave_stream(ends_.remote);
    x->end();
  }
  held_.set(0);
  if (auto x = std::exchange(socket_, nullptr)) {
    shared_->clients.leave_stream(ends_.remote);
    x->end();
  }
}

} // namespace http
