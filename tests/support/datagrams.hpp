#pragma once

#include <memory>
#include <string>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/handles.hpp>

/// Datagrams for the tests' overlay: over UDP, or in memory in one thread.
namespace cafmesh::test {

/// datagram_port -> its owner
struct datagram_arrived {
  std::string data;
};

using datagram_receiver_actor =
  caf::typed_actor<caf::reacts_to<datagram_arrived>>;

/// A bound socket for datagrams, which is closed by the destructor. It has only
/// a weak reference to its owner.
class datagram_port {
public:
  virtual ~datagram_port() = default;

  /// Sets the receiver of datagrams. Call it once.
  virtual void set_owner(datagram_receiver_actor owner) = 0;
  virtual std::string host() const = 0;
  virtual std::uint16_t number() const = 0;
  /// Sends a datagram, which may get lost.
  virtual void send(const std::string& host, std::uint16_t port,
                    const std::string& data) = 0;
};

using datagram_port_ptr = std::shared_ptr<datagram_port>;

/// Datagrams between hosts in memory, in one thread. They arrive immediately.
class memory_datagrams {
public:
  memory_datagrams();

  /// Opens a port on `host`. No two ports have the same number, even on
  /// different hosts.
  datagram_port_ptr open(const std::string& host);

  /// Drops further datagrams from one host to the other.
  void block(const std::string& from, const std::string& to);
  void unblock(const std::string& from, const std::string& to);

  struct world;

private:
  std::shared_ptr<world> world_;
};

/// Opens a UDP port of 127.0.0.1. The port has a thread of its own for reading.
datagram_port_ptr open_udp();

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::datagram_arrived)
