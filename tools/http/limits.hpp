#pragma once

#include <chrono>
#include <cstddef>

namespace http {

/// The limits of a server. A number such as 431 is the HTTP status that a
/// client gets if it exceeds the limit.
struct limits {
  using duration = std::chrono::milliseconds;

  // -- sizes, in bytes

  /// The header fields with their separators, and the empty line after them:
  /// 431.
  std::size_t header_bytes = 8 * 1024;
  std::size_t uri_bytes = 8 * 1024; ///< request target: 414
  std::size_t fields = 100;         ///< number of header fields: 431
  /// The body of one request, chunked or not: 413. A route may set a different
  /// limit.
  std::size_t body_bytes = 1024 * 1024;
  /// What the server holds for all clients together: bodies of unanswered
  /// requests, messages of WebSockets in both directions, and output that slow
  /// clients have not read. Beyond it, a body gets 503, an incoming message
  /// closes its WebSocket with 1013, an outgoing message has no room, and a
  /// client that becomes slow is disconnected.
  std::size_t held_bytes = 256 * 1024 * 1024;
  /// The same for one client, whose bodies get 429.
  std::size_t held_bytes_per_address = 64 * 1024 * 1024;

  // -- numbers

  std::size_t connections = 4096;             ///< 503
  std::size_t connections_per_address = 2048; ///< 429
  std::size_t streams_per_address = 1024;     ///< events and WebSockets: 429

  // -- times

  /// From the first byte of a request to the end of its headers: 408. A TLS
  /// handshake has the same limit.
  duration header_time{std::chrono::seconds{10}};
  /// How long a connection may be idle between two requests before it is
  /// closed.
  duration idle_time{std::chrono::seconds{60}};
  /// From a request to its answer: 504. A route may set a different limit.
  duration answer_time{std::chrono::seconds{30}};
  /// A transfer may take this time plus its size divided by `minimum_rate`. A
  /// client that sends its body too slowly gets status 408. A client that reads
  /// its answer, or a message on a WebSocket, too slowly is disconnected. A
  /// WebSocket that the server closes has only `transfer_grace`.
  duration transfer_grace{std::chrono::seconds{10}};
  std::size_t minimum_rate = 1024; ///< bytes per second
  /// The interval of the comments that keep a stream of events alive.
  duration comment_interval{std::chrono::seconds{15}};

  // -- what follows from these

  /// The maximum size of the request line: its target, plus 64 bytes for the
  /// method and the version.
  constexpr std::size_t line_bytes() const {
    return uri_bytes + 64;
  }
  /// The maximum number of bytes that the server keeps of a request before its
  /// header is complete.
  constexpr std::size_t head_bytes() const {
    return line_bytes() + header_bytes;
  }
};

} // namespace http
