#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "tools/http/executor.hpp"
#include "tools/http/server.hpp"
#include "tools/http/transport.hpp"

/// Transports over real sockets, with or without TLS.
namespace http {

/// A certificate with its key, for many connections.
class tls_context;

/// Reads PEM files.
/// @param to set to null if reading fails
failure read_tls(const std::string& certificate_file,
                 const std::string& key_file, std::shared_ptr<tls_context>& to);

/// Takes over a connected socket.
/// @param tls null: without encryption
std::unique_ptr<transport> make_transport(boost::asio::io_context& io,
                                          std::shared_ptr<executor> thread,
                                          int descriptor,
                                          std::shared_ptr<tls_context> tls);

} // namespace http
