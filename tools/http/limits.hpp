#pragma once

#include <chrono>
#include <cstddef>

namespace http {

/// The limits of a server for its clients. A client that exceeds one gets the
/// HTTP status that the limit's comment names.
struct limits {
  using duration = std::chrono::milliseconds;

  // -- sizes, in bytes

  std::size_t header_bytes = 8 * 1024; ///< request line and headers: 431
  std::size_t uri_bytes = 8 * 1024;    ///< request target: 414
  std::size_t fields = 100;            ///< number of headers: 431
  /// One body, also a chunked one, unless its route sets another limit: 413.
  std::size_t body_bytes = 1024 * 1024;
  /// All bodies whose requests are not answered yet, together: 503.
  std::size_t all_bodies_bytes = 256 * 1024 * 1024;

  // -- numbers

  std::size_t connections = 4096;             ///< 503
  std::size_t connections_per_address = 2048; ///< 429
  std::size_t streams_per_address = 1024;     ///< events and WebSockets: 429

  // -- times

  /// From the first byte of a request to the end of its headers: 408. Also the
  /// time for a TLS handshake.
  duration header_time{std::chrono::seconds{10}};
  /// Between two requests; after this time the connection is closed.
  duration idle_time{std::chrono::seconds{60}};
  /// From a request to its answer, if its route sets no other time: 504.
  duration answer_time{std::chrono::seconds{30}};
  /// The time for which bodies and answers may be slower than `minimum_rate`. A
  /// slower body gets 408; a client that takes its answer more slowly is
  /// disconnected.
  duration transfer_grace{std::chrono::seconds{10}};
  std::size_t minimum_rate = 1024; ///< bytes per second
  /// Between two comments in a stream of events.
  duration comment_interval{std::chrono::seconds{15}};
};

} // namespace http
