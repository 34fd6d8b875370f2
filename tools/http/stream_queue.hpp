#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "tools/http/event_stream.hpp"

namespace http {

/// The queue between `event_stream` objects and the connection that they use.
class stream_queue {
public:
  explicit stream_queue(std::size_t most_bytes) : most_bytes_(most_bytes) {
  }

  // -- for `event_stream`, on any thread

  bool is_open() const;
  bool has_room();
  bool send(shared_text x);
  void on_room(std::function<void()> f);
  void on_end(std::function<void()> f);
  void close();

  // -- for the connection

  /// @param wake called on any thread when a text arrives after `take` has
  ///        found none, or when the stream is to be closed
  void attach(std::function<void()> wake);
  /// Moves up to 64 texts to `to`. Their bytes count as queued until `written`
  /// is called.
  void take(std::vector<shared_text>& to);
  void written(std::size_t bytes);
  std::size_t bytes() const;
  bool is_closing() const;
  /// To be called when the connection has ended, or if there is no connection.
  void end();

private:
  bool may_send() const {
    return !has_ended_ && !is_closing_ && bytes_ < most_bytes_;
  }

  mutable std::mutex mutex_;
  std::deque<shared_text> texts_;
  std::size_t bytes_ = 0;
  std::size_t most_bytes_;
  std::function<void()> wake_;
  std::function<void()> on_room_;
  std::function<void()> on_end_;
  bool is_awake_ = false;
  bool is_closing_ = false;
  bool has_ended_ = false;
  bool has_refused_ = false;
};

} // namespace http
