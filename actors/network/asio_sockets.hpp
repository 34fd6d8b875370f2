#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cafmesh/transport.hpp>

/// Sockets of the operating system, used only by `asio_transport.cpp`. Asio
/// waits for events, and its handlers send a message to the socket's owner. The
/// handlers refer weakly to the owner, so that a pending wait does not keep the
/// owner alive.
namespace cafmesh::asio_sockets {

using tcp = boost::asio::ip::tcp;
using boost::system::error_code;
using io_context_ptr = std::shared_ptr<boost::asio::io_context>;

caf::error failed(const std::string& what, const error_code& why);

/// `ip:port`. An IPv4 address that is mapped to IPv6 is shown as IPv4.
std::string to_text(const tcp::endpoint& x);

/// Parses a numeric address. Fails if the address names an interface that does
/// not exist. Asio would ignore the name, and the system would then report an
/// invalid argument for the link-local address.
caf::expected<boost::asio::ip::address> parse_address(const std::string& text);

/// Opens a socket with close-on-exec, so that other programs do not inherit it.
void open_for_us(tcp::socket& x, const tcp& protocol, error_code& why);
void open_for_us(tcp::acceptor& x, const tcp& protocol, error_code& why);

/// @param socket must be connected
socket_ptr make_stream(io_context_ptr io, tcp::socket socket);

/// @param acceptor must listen, in non-blocking mode
listener_ptr make_listener(io_context_ptr io, tcp::acceptor acceptor);

} // namespace cafmesh::asio_sockets
