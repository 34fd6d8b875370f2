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

/// How a handler answers a request.
namespace http {

/// An answer. The server adds `Content-Length`, `Date`, `Connection` and its
/// own security headers.
struct response {
  int status = 200;
  std::string content_type; ///< empty: none is sent
  std::string body;
  std::vector<header> headers{};
  /// Sent instead of `body` if not empty; must have static storage.
  std::string_view static_body{};
};

class exchange;

/// A shared handle to answer one request once. Any thread may use it, at any
/// time, also after the server has stopped. If the last copy is destroyed
/// without an answer, the client gets status 500.
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

  /// Calls `f` at most once, on the connection's thread, if the client closes
  /// its end or the request times out before there is an answer; immediately if
  /// either has happened already. A client that has closed only its sending
  /// half still gets an answer that is sent later. Replaces an earlier
  /// callback.
  void on_gone(std::function<void()> f) const;

  /// Replaces the time after which the client gets status 504, counted from
  /// this call.
  void set_timeout(std::chrono::milliseconds x) const;

  /// Answers with a stream of server-sent events. If the request was answered
  /// before or the client has too many streams (it then gets status 429), the
  /// stream is closed already.
  event_stream open_events(event_stream_options options = {}) const;

  /// Answers with a WebSocket. If the request does not ask for one, it is
  /// answered with status 400 or 426, and the result is closed already.
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
