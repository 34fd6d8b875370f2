#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tools/http/client_memory.hpp"
#include "tools/http/responder.hpp"
#include "tools/http/router.hpp"

namespace http {

class connection;
struct server_parts;

response no_answer_in_time();

/// One request, from its first byte until it is answered.
class exchange : public std::enable_shared_from_this<exchange> {
public:
  exchange(std::shared_ptr<server_parts> shared, const std::string& client);
  ~exchange(); ///< answers with status 500 if there was no answer
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  // -- for the connection

  http::request request;
  const route* found = nullptr;

  /// Counts the bytes of the body as held for the client.
  held_bytes::verdict grow_to(std::size_t bytes) {
    return body_.set(bytes);
  }
  /// Allows responders to answer the request.
  /// @param number identifies the request on its connection
  void begin(std::shared_ptr<connection> to, std::uint64_t number);
  /// Called when the client has closed its end.
  void gone();
  /// Called when the request times out or the connection ends. Later answers
  /// have no effect.
  void expire();
  /// The answer to a request that times out.
  response late_answer();

  // -- for responders, on any thread

  void send(response x);
  void on_gone(std::function<void()> f);
  void set_timeout(std::chrono::milliseconds x);
  void set_timeout(std::chrono::milliseconds x, response late);
  bool reserve_stream();
  event_stream open_events(const event_stream_options& options);
  socket_stream open_socket(const socket_options& options, socket_handlers f);

private:
  /// Claims the right to answer.
  /// @returns false if the request was answered before
  bool take();
  /// Takes a place for a stream, unless one is reserved already. If there is no
  /// place, sends an error.
  /// @returns whether there is a place
  bool enter_stream();

  std::shared_ptr<server_parts> shared_;
  std::shared_ptr<connection> connection_;
  std::uint64_t number_ = 0;
  held_bytes body_;
  std::atomic<bool> is_answered_{true};
  std::atomic<bool> has_place_{false}; // for a stream
  std::mutex mutex_;
  std::function<void()> on_gone_;
  bool is_gone_ = false;
  std::optional<response> late_; // none: status 504
};

} // namespace http
