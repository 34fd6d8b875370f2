#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/http/event_ring.hpp"
#include "tools/http/event_stream.hpp"
#include "tools/http/responder.hpp"

/// A source of events that any number of clients follow.
namespace http {

struct event_source_options {
  /// The name of this run of the program in event IDs, which are `EPOCH-N`;
  /// empty: a random name.
  std::string epoch;
  /// The size in bytes beyond which the ring drops its oldest events.
  std::size_t most_bytes = 2 * 1024 * 1024;
  std::size_t most_events = 16'384;
};

/// Returns the next part of a snapshot, a JSON text; nothing after the last
/// part. It is called with the source locked and must not use the source.
using snapshot_parts = std::function<std::optional<std::string>()>;

/// Makes the parts of a snapshot that is one text.
snapshot_parts one_part(std::string json);

/// The events that a client wants from a source.
struct subscription {
  /// Selects events by type and key; null: all. It is called with the source
  /// locked and must not use the source.
  std::function<bool(std::string_view type, std::string_view key)> filter;

  /// The argument of `event::json`: 0 or 1.
  unsigned variant = 0;

  /// Makes a snapshot for a new client or one that missed events. It passes the
  /// parts to its argument once, immediately or later, on any thread; if it
  /// passes null, the stream is closed. Each part is made when the client has
  /// room for it. Null: no snapshot.
  std::function<void(std::function<void(snapshot_parts)>)> snapshot;

  /// Whether a snapshot reflects exactly the events that were published before
  /// it was passed on. If so, only later events follow it. If not, all events
  /// since the call of `snapshot` follow, some of which the snapshot may
  /// reflect.
  bool snapshot_is_exact = false;

  event_stream_options stream{};

  /// Called once when the stream has ended, on the connection's thread or by
  /// `subscribe`. May be null.
  std::function<void()> on_end{};
};

/// Events with consecutive numbers, the latest of which are kept in a ring, and
/// the clients that follow them. A slow client reads from an earlier place in
/// the shared ring, so it needs no memory beyond its queue. Any thread may use
/// it.
class event_source {
public:
  explicit event_source(event_source_options options = {});
  ~event_source(); ///< closes all streams
  event_source(const event_source&) = delete;
  event_source& operator=(const event_source&) = delete;

  /// Sends an event to all subscribers. `event::json` is called with the source
  /// locked and must not use the source.
  void publish(event x);
  /// @param json one line
  /// @param key for filters only
  void publish(std::string type, std::string json, std::string key = {});

  /// Answers a request with a stream of the events. `Last-Event-ID` or
  /// `?since=` names the last event that the client has; if the ring has all
  /// events since, they follow. Otherwise the client gets `event: reset` and a
  /// snapshot, and a new client only the snapshot. A client that falls behind
  /// the ring gets `event: overflow` with `{"lost":n}`, where n counts events
  /// of all keys, and continues with the oldest kept event; with
  /// `?on_overflow=close` its stream is closed after that event.
  event_stream subscribe(const responder& to, subscription x);

  std::string epoch() const;
  /// The number of the last event; 0 if there was none.
  std::uint64_t last() const;
  std::size_t subscribers() const;
  void close_all();

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace http
