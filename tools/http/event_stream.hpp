#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace http {

/// Text that many streams share without copying it.
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

  /// Whether fewer than `most_bytes` bytes are queued. If not, the callback set
  /// by `on_room` is called as soon as there is room.
  bool has_room() const;

  /// Queues events in the format that `format_event` makes.
  /// @returns false if the stream is closed or has no room; then nothing is
  ///          queued. A stream with room takes a text of any size.
  bool send(shared_text x) const;
  bool send(std::string x) const;

  /// Sets a callback for when the stream has room again. `f` is called on the
  /// connection's thread, but only after `has_room` or `send` has returned
  /// false for lack of room. Replaces an earlier callback.
  void on_room(std::function<void()> f) const;

  /// Calls `f` once when the stream has ended for any reason. Calls it on the
  /// connection's thread, or immediately if the stream has ended already.
  /// Afterwards, `f` and the callback set by `on_room` are destroyed.
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
