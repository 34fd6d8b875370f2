#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "tools/http/request.hpp"
#include "tools/http/socket_queue.hpp"

namespace http {

class connection;

/// The socket of a connection. Its members are called on the connection's
/// thread. At most one read and one write are in flight. Each operation keeps
/// the connection alive until it has completed.
class transport {
public:
  virtual ~transport() = default;

  /// Does the TLS handshake, then calls `on_handshake`.
  virtual void handshake(std::shared_ptr<connection> whom) = 0;
  /// Reads at least one byte, then calls `on_read`.
  virtual void read(std::shared_ptr<connection> whom, char* to,
                    std::size_t size) = 0;
  /// Writes at least one byte, then calls `on_written`.
  virtual void write(std::shared_ptr<connection> whom,
                     const std::vector<std::string_view>& what) = 0;
  /// Tells the client that nothing more will be sent. Keeps the connection
  /// alive until that is done or the socket is closed.
  virtual void finish(std::shared_ptr<connection> whom) = 0;
  /// Closes the socket; operations in flight fail.
  virtual void close() = 0;
  /// Turns the connection into a WebSocket. Calls `on_socket_end` when the
  /// WebSocket ends.
  /// @param given the bytes that were received after the request
  virtual void upgrade(std::shared_ptr<connection> whom, const request& from,
                       std::shared_ptr<socket_queue> queue,
                       std::string_view given) = 0;
};

} // namespace http
