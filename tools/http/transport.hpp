#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "tools/http/request.hpp"
#include "tools/http/socket_queue.hpp"

namespace http {

class connection;

/// The socket of a connection. Members are called on the connection's thread;
/// at most one read and one write are in flight. Each completes later, by a
/// call of the connection's `on_...` member, and keeps the connection alive
/// until then.
class transport {
public:
  virtual ~transport() = default;

  /// Completes by `on_handshake`.
  virtual void handshake(std::shared_ptr<connection> whom) = 0;
  /// Reads at least one byte. Completes by `on_read`.
  virtual void read(std::shared_ptr<connection> whom, char* to,
                    std::size_t size) = 0;
  /// Writes at least one byte. Completes by `on_written`.
  virtual void write(std::shared_ptr<connection> whom,
                     const std::vector<std::string_view>& what) = 0;
  /// Tells the client that nothing more will be sent. Keeps the connection
  /// alive until that is done or the socket is closed.
  virtual void finish(std::shared_ptr<connection> whom) = 0;
  /// Closes the socket; what is in flight fails.
  virtual void close() = 0;
  /// Goes on as a WebSocket. When that ends, calls `on_socket_end`.
  /// @param given the bytes that were received after the request
  virtual void upgrade(std::shared_ptr<connection> whom, const request& from,
                       std::shared_ptr<socket_queue> queue,
                       std::string_view given) = 0;
};

} // namespace http
