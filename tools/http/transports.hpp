#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "tools/http/executor.hpp"
#include "tools/http/server.hpp"
#include "tools/http/transport.hpp"

/// Transports over real sockets, with or without TLS.
namespace http {

/// Takes over a connected socket.
/// @param tls null for a connection without encryption
std::unique_ptr<transport> make_transport(boost::asio::io_context& io,
                                          std::shared_ptr<executor> thread,
                                          int descriptor,
                                          std::shared_ptr<tls_context> tls);

} // namespace http
