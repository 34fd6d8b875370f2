#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <sys/socket.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

#include "tools/meshd/api/dispatcher.hpp"

namespace meshd {

/// Serves the requests of a connection until it ends.
/// @param tls null: plain
void start_session(boost::asio::generic::stream_protocol::socket socket,
                   const std::shared_ptr<boost::asio::ssl::context>& tls,
                   dispatcher& paths);

/// The number of connections.
std::size_t http_sessions();

/// Numeric host and port; empty for a Unix socket.
std::pair<std::string, std::string> host_and_port_of(const sockaddr_storage& x);

} // namespace meshd
