#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/bytes.hpp>

/// The way to the network, small enough to have a second one in memory on
/// virtual time. It only says when a socket is ready: the actor that owns it
/// reads and writes by itself, and nobody else touches it.
namespace cafmesh {

class stream_socket;
using socket_ptr = std::shared_ptr<stream_socket>;

// transport -> owner of a socket, each once for each time it was asked for.
// They say that a call is worth trying, never that it will succeed.

/// A read will find bytes, the end or an error.
struct socket_readable {};

/// A write will take bytes, or fail.
struct socket_writable {};

// transport -> owner of a listener

/// Somebody waits to be accepted.
struct socket_acceptable {};

// transport -> whoever dials, one of each pair

struct name_resolved {
  std::vector<std::string> addresses; ///< numeric, at least one
};
struct name_unresolved {
  caf::error why; ///< errc::cannot_resolve
};
struct socket_connected {
  socket_ptr socket;
};
struct connect_failed {
  caf::error why; ///< errc::socket_failed
};

/// Who is told of each; the actors behind these handles may understand more.
using socket_owner_actor = caf::typed_actor<caf::reacts_to<socket_readable>,
                                            caf::reacts_to<socket_writable>>;
using listener_owner_actor =
  caf::typed_actor<caf::reacts_to<socket_acceptable>>;
using dial_owner_actor = caf::typed_actor<
  caf::reacts_to<name_resolved>, caf::reacts_to<name_unresolved>,
  caf::reacts_to<socket_connected>, caf::reacts_to<connect_failed>>;

// -- sockets

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
  virtual void set_owner(listener_owner_actor owner) = 0;
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
  virtual void resolve(const std::string& host, dial_owner_actor who) = 0;

  /// Answers with socket_connected or connect_failed; ends with `who`.
  /// @param from the numeric address to leave from; empty: any.
  virtual void connect(const std::string& from, const std::string& address,
                       std::uint16_t port, dial_owner_actor who) = 0;
};

using transport_ptr = std::shared_ptr<transport>;

/// The process's transport over real sockets: one event loop, shared by all
/// routers that use it, ended with the last of them. While there is little to do
/// it runs the actors that a socket wakes on its own thread.
transport_ptr system_transport();

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_readable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_writable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_acceptable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_unresolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_connected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connect_failed)
