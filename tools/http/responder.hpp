#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/http/event_stream.hpp"
#include "tools/http/problem.hpp"
#include "tools/http/request.hpp"
#include "tools/http/socket_stream.hpp"

namespace http {

/// An answer. The server adds `Content-Length`, `Date`, `Connection` and its
/// own security headers.
struct response {
  int status = 200;
  std::string content_type; ///< empty: none is sent
  std::string body;
  std::vector<header> headers{};
  /// Sent instead of `body` if not empty. Must have static storage.
  std::string_view static_body{};
};

class exchange;

/// A shared handle for answering a request, which can be answered only once.
/// Any thread may use the handle, at any time, even after the server has
/// stopped. If the last copy is destroyed without an answer, the client gets
/// status 500.
class responder {
public:
  responder() = default;
  explicit responder(std::shared_ptr<exchange> x) : exchange_(std::move(x)) {
  }

  /// The request. Valid as long as any copy of this handle exists.
  const http::request& request() const;

  /// Answers the request. Has no effect if it was answered before or has timed
  /// out.
  void send(response x) const;
  void fail(const problem& x) const;

  /// Sets a callback for a client that no longer waits for its answer. Replaces
  /// an earlier callback.
  ///
  /// `f` is called at most once, on the connection's thread, when the client
  /// closes its end or the request times out. If either has happened already,
  /// `f` is called immediately. It is also called for a client that has closed
  /// only its sending direction and can still receive an answer.
  void on_gone(std::function<void()> f) const;

  /// Changes the time limit of the answer, counted from this call. Once that
  /// time is over, the client gets status 504.
  void set_timeout(std::chrono::milliseconds x) const;
  /// @param late what the client then gets instead of status 504
  void set_timeout(std::chrono::milliseconds x, response late) const;

  /// Reserves a place for a stream that is opened later. The place counts
  /// towards the client's limit. It is released if the last copy of this handle
  /// is destroyed without a stream. If the client has too many streams, answers
  /// with status 429.
  /// @returns whether a place was reserved
  bool reserve_stream() const;

  /// Answers with a stream of server-sent events. The result is closed already
  /// if the request was answered before, or if the client has too many streams
  /// (status 429).
  event_stream open_events(event_stream_options options = {}) const;

  /// Answers with a WebSocket. The result is closed already if the request does
  /// not ask for one (status 426), or if the client has too many streams
  /// (status 429).
  socket_stream open_socket(socket_options options, socket_handlers f) const;

  explicit operator bool() const {
    return exchange_ != nullptr;
  }

private:
  std::shared_ptr<exchange> exchange_;
};

/// Handles a request. Called on the connection's thread, which it must not
/// block. If it throws, the client gets status 500.
using handler = std::function<void(const request&, responder)>;

} // namespace http
