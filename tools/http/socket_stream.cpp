#include "tools/http/socket_stream.hpp"

#include <algorithm>
#include <utility>

#include "tools/http/socket_queue.hpp"

namespace http {

namespace {

using lock = std::unique_lock<std::mutex>;

} // namespace

bool socket_queue::is_open() const {
  lock guard{mutex_};
  return !has_ended_ && closing_ == 0;
}

bool socket_queue::has_room() {
  lock guard{mutex_};
  has_refused_ = has_refused_ || !may_send();
  return may_send();
}

bool socket_queue::send(std::vector<socket_message> xs) {
  lock guard{mutex_};
  if (!may_send()) {
    has_refused_ = true;
    return false;
  }
  for (auto& x : xs) {
    bytes_ += x.data.size() + sizeof(x);
    messages_.push_back(std::move(x));
  }
  held_.set(bytes_ + kept_);
  if (std::exchange(is_awake_, true) || !wake_)
    return true;
  auto wake = wake_;
  guard.unlock();
  wake();
  return true;
}

void socket_queue::pause() {
  lock guard{mutex_};
  is_paused_ = true;
}

void socket_queue::resume() {
  lock guard{mutex_};
  if (!std::exchange(is_paused_, false) || !wake_)
    return;
  auto wake = wake_;
  guard.unlock();
  wake();
}

void socket_queue::keep(std::size_t bytes) {
  lock guard{mutex_};
  kept_ += bytes;
  held_.set(bytes_ + kept_);
}

void socket_queue::let_go(std::size_t bytes) {
  lock guard{mutex_};
  kept_ -= std::min(bytes, kept_);
  held_.set(bytes_ + kept_);
}

bool socket_queue::is_paused() const {
  lock guard{mutex_};
  return is_paused_;
}

void socket_queue::close(std::uint16_t code) {
  lock guard{mutex_};
  if (has_ended_ || std::exchange(closing_, code) != 0 || !wake_)
    return;
  auto wake = wake_;
  guard.unlock();
  wake();
}

void socket_queue::attach(std::function<void()> wake) {
  lock guard{mutex_};
  wake_ = std::move(wake);
  // The connection takes the first messages without being woken.
  is_awake_ = true;
}

bool socket_queue::take(socket_message& to) {
  lock guard{mutex_};
  is_awake_ = !messages_.empty();
  if (messages_.empty())
    return false;
  to = std::move(messages_.front());
  messages_.pop_front();
  return true;
}

void socket_queue::written(std::size_t bytes) {
  lock guard{mutex_};
  bytes_ -= std::min(bytes + sizeof(socket_message), bytes_);
  held_.set(bytes_ + kept_);
  guard.unlock();
  check_room();
}

void socket_queue::check_room() {
  lock guard{mutex_};
  if (!has_refused_ || !may_send())
    return;
  has_refused_ = false;
  guard.unlock();
  if (handlers_.on_room)
    handlers_.on_room();
}

std::uint16_t socket_queue::closing() const {
  lock guard{mutex_};
  return closing_;
}

void socket_queue::received(socket_message x) {
  const auto& f = x.is_text ? handlers_.on_text : handlers_.on_binary;
  if (f)
    f(std::move(x.data));
}

void socket_queue::end() {
  lock guard{mutex_};
  if (std::exchange(has_ended_, true))
    return;
  messages_.clear();
  bytes_ = 0;
  held_.set(kept_);
  auto wake = std::move(wake_);
  wake_ = nullptr;
  guard.unlock();
  auto handlers = std::move(handlers_); // they may refer to this object
  handlers_ = {};
  if (handlers.on_closed)
    handlers.on_closed();
}

bool socket_stream::is_open() const {
  return queue_ && queue_->is_open();
}

bool socket_stream::has_room() const {
  return queue_ && queue_->has_room();
}

bool socket_stream::send(std::vector<socket_message> xs) const {
  return queue_ && queue_->send(std::move(xs));
}

void socket_stream::pause() const {
  if (queue_)
    queue_->pause();
}

void socket_stream::resume() const {
  if (queue_)
    queue_->resume();
}

void socket_stream::keep(std::size_t bytes) const {
  if (queue_)
    queue_->keep(bytes);
}

void socket_stream::let_go(std::size_t bytes) const {
  if (queue_)
    queue_->let_go(bytes);
}

void socket_stream::close(std::uint16_t code) const {
  if (queue_)
    queue_->close(code);
}

} // namespace http
