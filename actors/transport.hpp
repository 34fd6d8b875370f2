#pragma once

#include <chrono>
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

/// The interface to the network. A transport only reports when a socket is
/// ready. The actor that owns the socket reads and writes, and no other thread
/// uses the socket at the same time. Tests implement the interface in memory
/// and in virtual time. To reach peers in a different way, such as through a
/// proxy, implement this interface. Its contract:
/// - A node calls `set_owner` once for each socket and listener.
/// - A node passes only numeric addresses to `connect`, so `resolve` must yield
///   numeric addresses.
/// - `remote_address` must be the address of the peer itself, even if a proxy
///   is used.
namespace cafmesh {

class stream_socket;
using socket_ptr = std::shared_ptr<stream_socket>;

// transport -> owner of a socket: one message for each call of want_readable or
// want_writable. The message is a hint: the read or write may still return
// io_status::not_ready.

/// A read should find bytes, the end of the stream or an error.
struct socket_readable {};

/// A write should take bytes or fail.
struct socket_writable {};

// transport -> owner of a listener

/// A connection waits to be accepted.
struct socket_acceptable {};

// transport -> dialler: `resolve` is answered with name_resolved or
// name_unresolved, `connect` with socket_connected or connect_failed.

struct name_resolved {
  std::vector<std::string> addresses; ///< numeric, at least one
};
struct name_unresolved {
  caf::error why; ///< errc::cannot_resolve or bad_address
};
struct socket_connected {
  socket_ptr socket;
};
struct connect_failed {
  caf::error why; ///< errc::socket_failed or bad_address
};

/// The receivers of the messages above. They may also handle other messages.
using socket_owner_actor = caf::typed_actor<caf::reacts_to<socket_readable>,
                                            caf::reacts_to<socket_writable>>;
using listener_owner_actor =
  caf::typed_actor<caf::reacts_to<socket_acceptable>>;
using dial_owner_actor = caf::typed_actor<
  caf::reacts_to<name_resolved>, caf::reacts_to<name_unresolved>,
  caf::reacts_to<socket_connected>, caf::reacts_to<connect_failed>>;

// -- sockets

enum class io_status : std::uint8_t {
  done,
  /// No bytes were moved. Call want_readable or want_writable, and wait for the
  /// message.
  not_ready,
  /// Only from a read. The remote has closed its side.
  closed,
  failed,
};

struct io_result {
  io_status status = io_status::not_ready;
  std::size_t size = 0; ///< the number of bytes moved, if done
  caf::error why;       ///< errc::socket_failed, if failed
};

/// What the system knows of the host at the other end.
enum class host_state : std::uint8_t {
  alive,   ///< has acknowledged data lately
  unknown, ///< may still acknowledge data
  dead,    ///< acknowledges nothing, even after repeated sending
};

/// A connected stream, used by one thread at a time. The destructor closes it
/// and discards data that the remote has not received (PROTOCOL.md,
/// "Introduction and frames": linger 0).
class stream_socket {
public:
  virtual ~stream_socket() = default;

  virtual io_result read(std::uint8_t* data, std::size_t size) = 0;
  virtual io_result write(byte_view data) = 0;
  /// Ends the outgoing direction. After the last byte, the remote reads the end
  /// of the stream. If the remote then closes its side, it has read everything.
  virtual void end_writing() = 0;

  /// Sets the receiver of `socket_readable` and `socket_writable`. The socket
  /// does not keep the receiver alive. Call this function before want_readable
  /// and want_writable. A transport that wraps another transport may first set
  /// its own actor as the owner, and later the connection, while nothing is
  /// wanted.
  virtual void set_owner(socket_owner_actor owner) = 0;
  /// Sends the owner one `socket_readable` as soon as a read is worthwhile.
  virtual void want_readable() = 0;
  /// Sends the owner one `socket_writable` as soon as a write is worthwhile.
  virtual void want_writable() = 0;

  /// Whether the remote's host is alive, judged by what it has acknowledged
  /// within the last `time`. Call this function only if something was written
  /// within that time. A host acknowledges data even if its program reads
  /// nothing. A transport that cannot judge, for example because of a proxy,
  /// returns `alive`.
  virtual host_state remote_host(std::chrono::milliseconds /*time*/) const {
    return host_state::alive;
  }

  /// The address as `ip:port`, with brackets around an IPv6 address.
  virtual std::string local_address() const = 0;
  virtual std::string remote_address() const = 0;
};

/// A listening socket, used by one thread at a time. The socket is bound and
/// queues connections from the start. The destructor closes it.
class listener {
public:
  virtual ~listener() = default;

  /// @returns the connection, null if none waits, or errc::socket_failed
  virtual caf::expected<socket_ptr> accept() = 0;
  /// Sets the receiver of `socket_acceptable`. The listener does not keep the
  /// receiver alive. Call this function once, before want_acceptable.
  virtual void set_owner(listener_owner_actor owner) = 0;
  /// Sends the owner one `socket_acceptable` as soon as a connection waits.
  virtual void want_acceptable() = 0;

  /// The address as `ip:port`, with brackets around an IPv6 address.
  virtual std::string local_address() const = 0;
};

using listener_ptr = std::shared_ptr<listener>;

/// Creates sockets. May be called from any thread. The receiver of an answer is
/// kept alive until the answer is sent.
class transport {
public:
  virtual ~transport() = default;

  /// @param host a numeric address
  /// @param port 0 for any free port
  /// @returns the listener, or errc::address_in_use, bad_address or
  ///          socket_failed
  virtual caf::expected<listener_ptr> listen(const std::string& host,
                                             std::uint16_t port) = 0;

  /// Sends `who` a name_resolved or name_unresolved.
  virtual void resolve(const std::string& host, dial_owner_actor who) = 0;

  /// Sends `who` a socket_connected or connect_failed. Cancels the attempt if
  /// `who` ends.
  /// @param from the local address to bind, numeric; empty for any address.
  ///        Ignored if one of `from` and `address` is IPv4 and the other is
  ///        IPv6.
  /// @param address numeric
  virtual void connect(const std::string& from, const std::string& address,
                       std::uint16_t port, dial_owner_actor who) = 0;
};

using transport_ptr = std::shared_ptr<transport>;

/// The transport over the system's sockets. All routers of a process share it.
/// Its event loop ends with the last router. At low load, the loop's thread
/// also runs the actors that a socket wakes.
///
/// After a fork, the child has none of the threads of the parent's actor
/// systems and nodes. The child's copies of these systems and nodes do nothing
/// and must not be used or destroyed, and messages to them are never answered.
/// The child must either end with `_exit` or `exec`, or make an actor system of
/// its own. The child can spawn nodes in its own system, because this function
/// returns the child's own transport. `spawn_router` and `join` return an error
/// for an inherited actor system or transport. `exec` closes the inherited
/// sockets. A child that does not call `exec` keeps them open. While that child
/// runs, the ports stay taken, and peers do not see the sockets close.
transport_ptr system_transport();

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_readable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_writable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_acceptable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::name_unresolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::socket_connected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::connect_failed)
