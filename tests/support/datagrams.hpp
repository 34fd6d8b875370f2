#pragma once

#include <memory>
#include <string>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/handles.hpp>

/// The datagrams under the tests' overlay: over UDP, or in memory for one
/// thread.
namespace cafmesh::test {

/// port -> its owner.
struct datagram_arrived {
  std::string data;
};

using datagram_receiver_actor =
  caf::typed_actor<caf::reacts_to<datagram_arrived>>;

/// A bound socket for datagrams. Closed when it goes, which its owner does not
/// hinder.
class datagram_port {
public:
  virtual ~datagram_port() = default;

  /// Who is told of what arrives; once.
  virtual void set_owner(datagram_receiver_actor owner) = 0;
  virtual std::string host() const = 0;
  virtual std::uint16_t number() const = 0;
  /// May get lost, as datagrams do.
  virtual void send(const std::string& host, std::uint16_t port,
                    const std::string& data) = 0;
};

using datagram_port_ptr = std::shared_ptr<datagram_port>;

/// Datagrams between hosts in memory, for one thread: they arrive at once.
class memory_datagrams {
public:
  memory_datagrams();

  /// A port of that host; each has a number of its own.
  datagram_port_ptr open(const std::string& host);

  /// Datagrams from one host to the other get lost from now on.
  void block(const std::string& from, const std::string& to);
  void unblock(const std::string& from, const std::string& to);

  struct world;

private:
  std::shared_ptr<world> world_;
};

/// A UDP port of 127.0.0.1, read by a thread of its own.
datagram_port_ptr open_udp();

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::datagram_arrived)
