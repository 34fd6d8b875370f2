#include "tools/http/event_stream.hpp"

#include <algorithm>
#include <utility>

#include "tools/http/stream_queue.hpp"

// The queue of a stream of server-sent events, its handles, and the format of
// events.
namespace http {

namespace {

constexpr std::size_t most_taken = 64;

using lock = std::unique_lock<std::mutex>;

} // namespace

bool stream_queue::is_open() const {
  lock guard{mutex_};
  return !has_ended_ && !is_closing_;
}

bool stream_queue::has_room() {
  lock guard{mutex_};
  has_refused_ = has_refused_ || !may_send();
  return may_send();
}

bool stream_queue::send(shared_text x) {
  lock guard{mutex_};
  if (!may_send()) {
    has_refused_ = true;
    return false;
  }
  bytes_ += x->size();
  texts_.push_back(std::move(x));
  if (std::exchange(is_awake_, true) || !wake_)
    return true;
  auto wake = wake_;
  guard.unlock();
  wake();
  return true;
}

void stream_queue::on_room(std::function<void()> f) {
  lock guard{mutex_};
  if (!has_ended_)
    std::swap(on_room_, f);
  guard.unlock(); // the old callback is destroyed without the lock
}

void stream_queue::on_end(std::function<void()> f) {
  lock guard{mutex_};
  if (has_ended_) {
    guard.unlock();
    return f();
  }
  std::swap(on_end_, f);
  guard.unlock();
}

void stream_queue::close() {
  lock guard{mutex_};
  if (std::exchange(is_closing_, true) || !wake_)
    return;
  auto wake = wake_;
  guard.unlock();
  wake();
}

void stream_queue::attach(std::function<void()> wake) {
  lock guard{mutex_};
  wake_ = std::move(wake);
  is_awake_ = true; // the connection takes the first texts without being woken
}

void stream_queue::take(std::vector<shared_text>& to) {
  lock guard{mutex_};
  auto end = texts_.begin()
             + static_cast<std::ptrdiff_t>(std::min(texts_.size(), most_taken));
  to.assign(std::make_move_iterator(texts_.begin()),
            std::make_move_iterator(end));
  texts_.erase(texts_.begin(), end);
  is_awake_ = !to.empty();
  if (texts_.empty())
    texts_.shrink_to_fit();
}

void stream_queue::written(std::size_t bytes) {
  lock guard{mutex_};
  bytes_ -= std::min(bytes, bytes_);
  if (!has_refused_ || !may_send())
    return;
  has_refused_ = false;
  auto f = on_room_;
  guard.unlock();
  if (f)
    f();
}

std::size_t stream_queue::bytes() const {
  lock guard{mutex_};
  return bytes_;
}

bool stream_queue::is_closing() const {
  lock guard{mutex_};
  return is_closing_;
}

void stream_queue::end() {
  lock guard{mutex_};
  if (std::exchange(has_ended_, true))
    return;
  auto wake = std::move(wake_);
  auto room = std::move(on_room_);
  auto f = std::move(on_end_);
  wake_ = on_room_ = on_end_ = nullptr;
  texts_.clear();
  guard.unlock();
  if (f)
    f();
}

bool event_stream::is_open() const {
  return queue_ && queue_->is_open();
}

bool event_stream::has_room() const {
  return queue_ && queue_->has_room();
}

bool event_stream::send(shared_text x) const {
  return queue_ && queue_->send(std::move(x));
}

bool event_stream::send(std::string x) const {
  return send(std::make_shared<const std::string>(std::move(x)));
}

void event_stream::on_room(std::function<void()> f) const {
  if (queue_)
    queue_->on_room(std::move(f));
}

void event_stream::on_end(std::function<void()> f) const {
  if (queue_)
    queue_->on_end(std::move(f));
  else
    f();
}

void event_stream::close() const {
  if (queue_)
    queue_->close();
}

std::string format_event(std::string_view type, std::string_view id,
                         std::string_view data) {
  std::string result;
  result.reserve(type.size() + id.size() + data.size() + 32);
  if (!id.empty())
    result.append("id: ").append(id).append("\n");
  if (!type.empty())
    result.append("event: ").append(type).append("\n");
  for (;;) {
    auto end = data.find_first_of("\r\n");
    result.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos)
      break;
    auto is_pair = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (is_pair ? 2 : 1));
  }
  return result.append("\n");
}

} // namespace http
