#include "tools/meshctl/commands/bench_channel.hpp"

#include <random>
#include <system_error>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/interrupt.hpp"
#include "tools/meshctl/text/encodings.hpp"

namespace meshctl {

namespace {

std::string random_channel() {
  std::random_device device;
  return "meshctl-bench-" + std::to_string(device());
}

void leave_at(api& node, const std::string& path) {
  try {
    node.call({"DELETE", path, {}, {}});
  } catch (...) {
    // If the node has ended, there is nothing to leave.
  }
}

} // namespace

bench_channel::bench_channel(api& from, api& to, std::unique_ptr<api> reader,
                             std::size_t size)
    : from_(from), to_(to), reader_(std::move(reader)),
      path_("/v1/channels/" + random_channel()), messages_(path_ + "/messages"),
      data_(size, 'x') {
  auto name = text_or_empty(to_.get("/v1/node"), "name");
  target_ = messages_ + "?to=" + percent_encoded(name);
  from_.call({"PUT", path_, {}, {}});
  try {
    to_.call({"PUT", path_, {}, {}});
    start_receiving();
  } catch (...) {
    leave();
    throw;
  }
}

bench_channel::~bench_channel() {
  leave(); // ends the stream, too
  thread_.join();
}

void bench_channel::start_receiving() {
  try {
    thread_ = std::thread{[this] {
      receive();
    }};
  } catch (const std::system_error& why) {
    throw failure{exit_code::failed,
                  "cannot receive messages: no thread can be made: "
                    + why.code().message()};
  }
}

void bench_channel::leave() {
  clear_interrupt();
  leave_at(from_, path_);
  leave_at(to_, path_);
}

bool bench_channel::send() {
  try {
    from_.send_bytes("POST", target_, data_);
    return true;
  } catch (const api_failure& x) {
    if (x.status() != 429)
      throw;
    return false;
  }
}

bool bench_channel::await(std::size_t count,
                          std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds slice{20};
  auto until = clock::now() + patience;
  std::unique_lock<std::mutex> lock{mutex_};
  for (;;) {
    if (received_ >= count)
      return true;
    if (why_)
      std::rethrow_exception(why_);
    if (is_interrupted())
      throw interrupted{};
    if (clock::now() >= until)
      return false;
    changed_.wait_for(lock, slice);
  }
}

std::size_t bench_channel::received() const {
  std::lock_guard<std::mutex> lock{mutex_};
  return received_;
}

bench_channel::clock::time_point bench_channel::last_arrival() const {
  std::lock_guard<std::mutex> lock{mutex_};
  return last_arrival_;
}

void bench_channel::receive() {
  auto why = std::exception_ptr{};
  try {
    reader_->stream(messages_, [this](const server_event& x) {
      std::lock_guard<std::mutex> lock{mutex_};
      if (x.type == "message") {
        ++received_;
        last_arrival_ = clock::now();
        changed_.notify_one();
      }
      return true;
    });
  } catch (...) {
    why = std::current_exception();
  }
  std::lock_guard<std::mutex> lock{mutex_};
  why_ = why;
  changed_.notify_one();
}

} // namespace meshctl
