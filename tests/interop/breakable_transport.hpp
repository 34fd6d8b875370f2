#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <caf/actor_system.hpp>

#include <cafmesh/transport.hpp>

namespace cafmesh::test {

/// A transport over real sockets. A test can close all of them at once, as a
/// crash of the process would. May be used from any thread.
class breakable_transport : public transport {
public:
  explicit breakable_transport(caf::actor_system& system);
  ~breakable_transport() override;

  /// Closes all sockets immediately. The actors that own the sockets are not
  /// notified.
  void break_now();
  /// Breaks all sockets as soon as `size` more bytes have been written.
  void break_after_writing(std::size_t size);
  bool is_broken() const;
  /// Shuts down the sending direction of the connection to this address. Both
  /// ends then close the connection.
  /// @returns whether there is a connection to this address
  bool end_connection(const std::string& remote_address);

  caf::expected<listener_ptr> listen(const std::string& host,
                                     std::uint16_t port) override;
  void resolve(const std::string& host, dial_owner_actor who) override;
  void connect(const std::string& from, const std::string& address,
               std::uint16_t port, dial_owner_actor who) override;

  struct wires;

private:
  caf::actor_system& system_;
  transport_ptr inner_;
  std::shared_ptr<wires> wires_;
};

} // namespace cafmesh::test
