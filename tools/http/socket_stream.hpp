#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace http {

struct socket_options {
  /// The maximum size of an incoming message in bytes; a larger one is refused
  /// with close code 1009.
  std::size_t most_message_bytes = 1024 * 1024;
  /// The stream has no room while this many outgoing bytes or more are queued.
  std::size_t most_queued_bytes = 1024 * 1024;
  /// A client that is silent for half this time gets a ping; after the whole
  /// time the connection is closed.
  std::chrono::seconds idle{60};
};

struct socket_message {
  bool is_text = false; ///< text must be valid UTF-8
  std::string data;
};

/// The callbacks of a WebSocket. All are called on the connection's thread;
/// each may be null.
struct socket_handlers {
  std::function<void(std::string)> on_text; ///< valid UTF-8
  std::function<void(std::string)> on_binary;
  /// Called when there is room again, after `has_room` or `send` has returned
  /// false for lack of room.
  std::function<void()> on_room;
  /// Called once, after all other callbacks.
  std::function<void()> on_closed;
};

class socket_queue;

/// A shared handle to a WebSocket. Any thread may use it. The next message of
/// the client is read only after the handler of the previous one has returned.
class socket_stream {
public:
  socket_stream() = default;
  explicit socket_stream(std::shared_ptr<socket_queue> x)
      : queue_(std::move(x)) {
  }

  bool is_open() const;
  bool has_room() const;

  /// Queues either all of the messages or none, so that related messages stay
  /// together.
  /// @returns false if the stream is closed or has no room; then nothing is
  ///          queued. A stream with room takes messages of any size.
  bool send(std::vector<socket_message> xs) const;

  /// Reads no further message of the client until `resume` is called. To be
  /// called by a handler that cannot take more for now, and not for long: a
  /// client whose pongs are not read either counts as silent.
  void pause() const;
  void resume() const;

  /// Counts bytes of the client's messages that a handler keeps, until `let_go`
  /// is called with them, even if the WebSocket has ended by then.
  void keep(std::size_t bytes) const;
  void let_go(std::size_t bytes) const;

  /// Sends what is queued, then closes with this code of RFC 6455. A client
  /// that takes longer than `limits::transfer_grace` is disconnected.
  void close(std::uint16_t code = 1000) const;

private:
  std::shared_ptr<socket_queue> queue_;
};

} // namespace http
