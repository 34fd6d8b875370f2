#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace http {

/// Bytes that many streams send without copying them.
using shared_text = std::shared_ptr<const std::string>;

struct event_stream_options {
  /// The stream has no room while this many bytes or more are queued.
  std::size_t most_bytes = 256 * 1024;
};

class stream_queue;

/// A shared handle to an open stream of server-sent events. Any thread may use
/// it. The server sends `retry: 2000` first and a comment every 15 s, and ends
/// the stream if the client reads more slowly than `limits::minimum_rate`. The
/// stream stays open even if all handles are destroyed.
class event_stream {
public:
  event_stream() = default;
  explicit event_stream(std::shared_ptr<stream_queue> x)
      : queue_(std::move(x)) {
  }

  bool is_open() const;

  /// Whether fewer bytes are queued than `most_bytes`. If not, the callback set
  /// by `on_room` is called once there is room.
  bool has_room() const;

  /// Queues events in the format that `format_event` makes.
  /// @returns false if the stream is closed or has no room; then nothing is
  ///          queued. A stream with room takes a text of any size.
  bool send(shared_text x) const;
  bool send(std::string x) const;

  /// Calls `f` on the connection's thread each time that the stream has room
  /// again after `has_room` or `send` has returned false for lack of it.
  /// Replaces an earlier callback.
  void on_room(std::function<void()> f) const;

  /// Calls `f` once when the stream has ended for any reason: on the
  /// connection's thread, or immediately if it has ended already. Both
  /// callbacks are destroyed afterwards.
  void on_end(std::function<void()> f) const;

  /// Sends what is queued and closes the connection.
  void close() const;

private:
  std::shared_ptr<stream_queue> queue_;
};

/// Formats one event. An empty `id` is left out. `data` may have several lines.
std::string format_event(std::string_view type, std::string_view id,
                         std::string_view data);

} // namespace http
