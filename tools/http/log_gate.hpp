#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace http {

enum class severity : std::uint8_t { debug, info, warning, error };

/// Passes on at most 10 messages per second, so that clients cannot fill a
/// disk. Any thread may use it.
class log_gate {
public:
  using sink = std::function<void(severity, const std::string&)>;
  using time_point = std::chrono::steady_clock::time_point;

  explicit log_gate(sink to) : to_(std::move(to)) {
  }

  void write(severity level, std::string text, time_point now);
  void write(severity level, std::string text) {
    write(level, std::move(text), std::chrono::steady_clock::now());
  }

private:
  sink to_;
  std::mutex mutex_;
  time_point second_{};
  unsigned written_ = 0;
  std::uint64_t left_out_ = 0;
};

} // namespace http
