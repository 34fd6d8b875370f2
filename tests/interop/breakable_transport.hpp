#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <caf/actor_system.hpp>

#include <cafmesh/transport.hpp>

namespace cafmesh::test {

/// The system's sockets, which a test can break as a crash would. Breaking is
/// for good. Any thread may call.
class breakable_transport : public transport {
public:
  explicit breakable_transport(caf::actor_system& system);
  ~breakable_transport() override;

  /// Closes everything at once, in the midst of whatever it is. Those who own
  /// the sockets here are not told.
  void break_now();
  /// The same as soon as so many bytes more have been written.
  void break_after_writing(std::size_t size);
  bool is_broken() const;
  /// Says on the connection whose other end has this address that nothing more
  /// comes, whereupon both ends close it. @returns whether there is one.
  bool end_connection(const std::string& remote_address);

  caf::expected<listener_ptr> listen(const std::string& host,
                                     std::uint16_t port) override;
  void resolve(const std::string& host, dial_owner_actor who) override;
  void connect(const std::string& from, const std::string& address,
               std::uint16_t port, dial_owner_actor who) override;

  /// What its sockets share.
  struct wires;

private:
  caf::actor_system& system_;
  transport_ptr inner_;
  std::shared_ptr<wires> wires_;
};

} // namespace cafmesh::test
