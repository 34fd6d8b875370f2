#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tools/http/listening.hpp"
#include "tools/http/loop.hpp"
#include "tools/http/server_parts.hpp"

namespace http {

/// Accepts the connections of one listening socket. All members except the
/// constructor must be called on the thread of the loop `on`.
class acceptor : public std::enable_shared_from_this<acceptor> {
public:
  /// Called with each accepted socket that is within the limits.
  using accept_handler =
    std::function<void(int descriptor, connection_ends ends)>;

  acceptor(loop& on, std::shared_ptr<server_parts> shared, listening_socket x,
           accept_handler f);
  ~acceptor();

  void start();
  void close();

private:
  void accept_some();
  void pause(int why);
  void take(int descriptor);
  void refuse(int descriptor, client_counts::verdict why);

  std::shared_ptr<server_parts> shared_;
  listening_socket socket_;
  accept_handler accept_handler_;
  boost::asio::posix::stream_descriptor readable_;
  boost::asio::steady_timer pause_;
  bool is_closed_ = false;
};

} // namespace http
