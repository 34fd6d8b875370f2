#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/http/event_ring.hpp"
#include "tools/http/event_stream.hpp"
#include "tools/http/responder.hpp"

namespace http {

struct event_source_options {
  /// The name of this run of the program in event IDs, which have the form
  /// `EPOCH-N`. If empty, a random name is used.
  std::string epoch;
  /// The limits of the ring. If either is exceeded, the oldest events are
  /// dropped.
  std::size_t most_bytes = 2 * 1024 * 1024;
  std::size_t most_events = 16'384;
};

struct snapshot_part {
  std::string json; ///< one line
  bool is_last = true;
};

/// Makes the next part of a snapshot. It is called until it returns the last
/// part. The source is locked during the call, so the function must not use the
/// source.
using snapshot_parts = std::function<snapshot_part()>;

snapshot_parts one_part(std::string json);

/// The events that a client wants from a source.
struct subscription {
  /// Selects events by type and key. If null, all events are sent. It is called
  /// with the source locked and must not use the source.
  std::function<bool(std::string_view type, std::string_view key)> filter;

  /// The argument of `event::json`, 0 or 1, which selects the form of the
  /// events.
  unsigned variant = 0;

  /// Makes a snapshot for a client that is new or has missed events. If null,
  /// clients get no snapshot.
  ///
  /// This function must call its argument once, on any thread, either with a
  /// function that returns the parts or with null. Null closes the stream. Each
  /// part is made when the client has room for it.
  std::function<void(std::function<void(snapshot_parts)>)> snapshot;

  /// If true, a snapshot reflects exactly the events that were published before
  /// `snapshot` called its argument, and only later events follow it. If false,
  /// all events since the call of `snapshot` follow, so a client may get a
  /// change twice.
  bool snapshot_is_exact = false;

  event_stream_options stream{};

  /// Called once when the stream has ended: on the connection's thread, or
  /// within `subscribe` if the stream cannot be opened. May be null.
  std::function<void()> on_end{};
};

/// Numbers events and sends them to all subscribed clients. The clients share
/// one ring of the latest events, so a slow client needs no memory beyond its
/// own send queue. Any thread may use it.
class event_source {
public:
  explicit event_source(event_source_options options = {});
  ~event_source(); ///< closes all streams
  event_source(const event_source&) = delete;
  event_source& operator=(const event_source&) = delete;

  /// Sends an event to all subscribers. `event::json` is called with the source
  /// locked and must not use the source.
  void publish(event x);
  /// Sends many events, with less work than a call of `publish` for each.
  /// Subscribers are served each time the new events have filled a quarter of
  /// the ring, and once at the end.
  void publish_all(std::vector<event> xs);
  /// @param json one line
  /// @param key for filters only
  void publish(std::string type, std::string json, std::string key = {});

  /// Answers a request with a stream of the events.
  ///
  /// `Last-Event-ID` or `?since=` names the last event that the client has. If
  /// the ring still has all later events, they follow. Otherwise the client
  /// gets `event: reset` and a snapshot. A client that names no event gets the
  /// snapshot without `reset`. If there is no snapshot, a client that names no
  /// event first gets the current event ID without an event.
  ///
  /// If a client reconnects after it has received only a part of its snapshot,
  /// it gets `reset` and a whole snapshot.
  ///
  /// If a client is so slow that the ring drops events before they are sent, it
  /// gets `event: overflow` with `{"lost":n}` and continues with the oldest
  /// event in the ring. The count n includes events that its filter excludes.
  /// With `?on_overflow=close`, its stream ends after the event `overflow`.
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
