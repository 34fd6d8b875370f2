#include "tools/http/log_gate.hpp"

#include <utility>

namespace http {

void log_gate::write(severity level, std::string text, time_point now) {
  constexpr unsigned most_per_second = 10;
  if (!to_)
    return;
  std::unique_lock<std::mutex> guard{mutex_};
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    written_ = 0;
  }
  if (written_ >= most_per_second) {
    ++left_out_;
    return;
  }
  ++written_;
  auto left_out = std::exchange(left_out_, 0);
  guard.unlock();
  if (left_out > 0)
    text += " (" + std::to_string(left_out)
            + (left_out == 1 ? " message was" : " messages were")
            + " left out)";
  to_(level, text);
}

} // namespace http
