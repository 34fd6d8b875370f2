#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tools/http/client_memory.hpp"
#include "tools/http/socket_stream.hpp"

namespace http {

/// The queue between `socket_stream` objects and the connection that they use.
class socket_queue {
public:
  /// @param memory where the queue's bytes count; null: nowhere
  /// @param address that of the client
  socket_queue(const socket_options& x, socket_handlers f,
               std::shared_ptr<client_memory> memory = nullptr,
               std::string address = {})
      : options(x), handlers_(std::move(f)),
        held_(std::move(memory), std::move(address)) {
  }

  const socket_options options;

  // -- for `socket_stream`, on any thread

  bool is_open() const;
  bool has_room();
  bool send(std::vector<socket_message> xs);
  void pause();
  void resume();
  void keep(std::size_t bytes);
  void let_go(std::size_t bytes);
  void close(std::uint16_t code);

  // -- for the connection, on its thread

  /// @param wake called on any thread when a message arrives after `take` has
  ///        found none, when the client is to be read again, or when the
  ///        WebSocket is to be closed
  void attach(std::function<void()> wake);
  /// Moves the next message to `to`. Its bytes count as queued until `written`
  /// is called.
  /// @returns false if there is none
  bool take(socket_message& to);
  void written(std::size_t bytes);
  /// The code that `close` was called with; 0 if it was not called.
  std::uint16_t closing() const;
  bool is_paused() const;
  /// Tells the handlers if there is room again because the server holds less
  /// for others.
  void check_room();
  void received(socket_message x);
  void end();

private:
  bool may_send() const {
    return !has_ended_ && closing_ == 0 && bytes_ < options.most_queued_bytes
           && held_.has_room();
  }

  mutable std::mutex mutex_;
  socket_handlers handlers_; // used on the connection's thread only
  std::deque<socket_message> messages_;
  std::size_t bytes_ = 0; // queued
  std::size_t kept_ = 0;  // by the handlers
  held_bytes held_;
  std::function<void()> wake_;
  std::uint16_t closing_ = 0;
  bool is_awake_ = false;
  bool is_paused_ = false;
  bool has_ended_ = false;
  bool has_refused_ = false;
};

} // namespace http
