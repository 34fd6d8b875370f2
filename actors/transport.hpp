#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "../messages/actor_interfaces.hpp"
#include "../messages/bytes.hpp"
#include "../messages/socket_events.hpp"

/// The way to the network, small enough to have a second one in memory on
/// virtual time. It only says when a socket is ready: the actor that owns it
/// reads and writes by itself, and nobody else touches it.
namespace cafmesh {

/// How a read or write went.
enum class io_status : std::uint8_t {
  done,
  /// Nothing can be done now; ask to be told when.
  not_ready,
  /// Reading: the remote has closed its side.
  closed,
  failed,
};

/// How it went, and how far.
struct io_result {
  io_status status = io_status::not_ready;
  std::size_t size = 0; ///< bytes moved, if done
  caf::error why;       ///< errc::socket_failed, if failed
};

/// A connected stream. Closed when it goes; what the remote has not received is
/// discarded, as the protocol's linger of zero demands.
class stream_socket {
public:
  virtual ~stream_socket() = default;

  virtual io_result read(std::uint8_t* data, std::size_t size) = 0;
  virtual io_result write(byte_view data) = 0;
  /// Nothing more will be written: behind the last byte the remote reads the
  /// end. When it closes in its turn, it has read all.
  virtual void end_writing() = 0;

  /// Who is told `socket_readable` and `socket_writable`. Before the first
  /// want_…; once.
  virtual void set_owner(socket_owner_actor owner) = 0;
  /// Sends the owner one `socket_readable` as soon as a read is worthwhile.
  virtual void want_readable() = 0;
  virtual void want_writable() = 0;

  /// `ip:port`, IPv6 in brackets.
  virtual std::string local_address() const = 0;
  virtual std::string remote_address() const = 0;
};

/// A listening socket, bound and filling its backlog. Closed when it goes.
class listener {
public:
  virtual ~listener() = default;

  /// A connection, null if nobody waits, or errc::socket_failed.
  virtual caf::expected<socket_ptr> accept() = 0;
  virtual void set_owner(acceptor_actor owner) = 0;
  /// Sends the owner one `socket_acceptable` as soon as somebody waits.
  virtual void want_acceptable() = 0;

  virtual std::string local_address() const = 0;
};

using listener_ptr = std::shared_ptr<listener>;

/// Makes sockets. Called from any thread; keeps whom it has to answer alive.
class transport {
public:
  virtual ~transport() = default;

  /// @param host a numeric address.
  /// @returns errc::address_in_use, bad_address or socket_failed.
  virtual caf::expected<listener_ptr> listen(const std::string& host,
                                             std::uint16_t port) = 0;

  /// Answers with name_resolved or name_unresolved.
  virtual void resolve(const std::string& host, dialer_actor who) = 0;

  /// Answers with socket_connected or connect_failed; ends with `who`.
  /// @param from the numeric address to leave from; empty: any.
  virtual void connect(const std::string& from, const std::string& address,
                       std::uint16_t port, dialer_actor who) = 0;
};

using transport_ptr = std::shared_ptr<transport>;

/// The process's transport over real sockets: one event loop, shared by all
/// routers that use it, ended with the last of them. While there is little to do
/// it runs the actors that a socket wakes on its own thread.
transport_ptr system_transport();

} // namespace cafmesh
