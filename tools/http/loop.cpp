#include "tools/http/loop.hpp"

#include <exception>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>

#include "tools/http/server_parts.hpp"

namespace http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};

thread_local const loop* own_loop = nullptr;

} // namespace

loop::loop(std::shared_ptr<server_parts> shared)
    : shared_(std::move(shared)), work_(io_.get_executor()), sweeper_(io_) {
}

loop::~loop() = default;

failure loop::start() {
  post([this] { sweep(); });
  try {
    thread_ = std::thread{[this] {
      own_loop = this;
      run();
      std::lock_guard<std::mutex> guard{mutex_};
      has_run_ = true;
      run_ended_.notify_all();
    }};
  } catch (const std::system_error& why) {
    return {why.code().value(),
            "no thread can be made: " + why.code().message()};
  }
  return {};
}

void loop::run() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& why) {
      shared_->log.write(severity::error,
                         std::string{"a callback failed: "} + why.what());
    }
  }
}

bool loop::is_this_thread() const {
  return own_loop == this;
}

void loop::post(std::function<void()> f) {
  std::unique_lock<std::mutex> guard{mutex_};
  if (!has_stopped_)
    asio::post(io_, std::move(f));
}

void loop::post_after(std::chrono::milliseconds delay,
                      std::function<void()> f) {
  post([this, delay, f = std::move(f)] {
    if (is_stopping_)
      return;
    auto timer = std::make_shared<asio::steady_timer>(io_, delay);
    timers_.insert(timer);
    timer->async_wait([this, timer, f](boost::system::error_code why) {
      timers_.erase(timer);
      if (!why && !is_stopping_)
        f();
    });
  });
}

void loop::add(int descriptor, connection_ends ends,
               std::shared_ptr<tls_context> tls) {
  ends.local.is_encrypted = tls != nullptr;
  auto self = shared_from_this();
  auto over = make_transport(io_, self, descriptor, std::move(tls));
  auto x = std::make_shared<connection>(shared_, self, std::move(ends));
  connections_.push_back(x);
  x->start(std::move(over));
  if (is_stopping_)
    x->close();
}

void loop::sweep() {
  auto now = this->now();
  for (std::size_t i = 0; i < connections_.size();) {
    auto x = connections_[i]; // it may close itself
    x->on_sweep(now);
    if (x->is_closed()) {
      std::swap(connections_[i], connections_.back());
      connections_.pop_back();
    } else {
      ++i;
    }
  }
  if (is_stopping_)
    return;
  if (memory_.is_due(connections_.size(), now))
    memory_return::run();
  sweeper_.expires_after(sweep_interval);
  sweeper_.async_wait([this](boost::system::error_code why) {
    if (!why)
      sweep();
  });
}

void loop::wind_up() {
  auto all = connections_;
  for (const auto& x : all)
    x->wind_up();
}

void loop::check_streams() {
  auto all = connections_;
  for (const auto& x : all)
    x->check_stream();
}

void loop::close_all() {
  is_stopping_ = true;
  for (const auto& x : std::exchange(connections_, {}))
    x->close();
  for (const auto& x : std::exchange(timers_, {}))
    x->cancel();
  sweeper_.cancel();
  work_.reset();
}

void loop::end_thread() {
  post([this] { close_all(); });
  std::unique_lock<std::mutex> guard{mutex_};
  if (!run_ended_.wait_for(guard, std::chrono::seconds{1},
                           [this] { return has_run_; }))
    io_.stop();
  guard.unlock();
  thread_.join();
}

void loop::stop() {
  if (thread_.joinable())
    end_thread();
  std::unique_lock<std::mutex> guard{mutex_};
  has_stopped_ = true;
  guard.unlock();
  // Runs the posted functions that the thread has not run. A function that
  // never runs would keep this object alive, because the function owns a
  // connection and the connection owns this object.
  own_loop = this;
  close_all();
  io_.restart();
  io_.poll();
  own_loop = nullptr;
}

} // namespace http
