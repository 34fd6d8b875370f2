#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cafmesh/transport.hpp>

namespace cafmesh::test {

/// The caller and the target of one call of `memory_transport::connect`.
struct dialled {
  std::string from; ///< a host
  std::string to;   ///< a `host:port`
};

/// A network in memory, for one thread. Written bytes can be read immediately,
/// and the actor that waits for them is notified immediately. After `unplug`,
/// the bytes between two hosts wait until `plug`.
class memory_transport : public transport {
public:
  memory_transport();
  ~memory_transport() override;

  // -- transport

  caf::expected<listener_ptr> listen(const std::string& host,
                                     std::uint16_t port) override;
  void resolve(const std::string& host, dial_owner_actor who) override;
  void connect(const std::string& from, const std::string& address,
               std::uint16_t port, dial_owner_actor who) override;

  /// Returns a connected socket that no actor owns, for direct use by a test,
  /// or null if there is no listener.
  socket_ptr open(const std::string& from, const std::string& address,
                  std::uint16_t port);

  // -- the network

  /// Sets the addresses that `host` resolves to. If there are none, lookups of
  /// `host` fail.
  void name(const std::string& host, std::vector<std::string> addresses);
  /// Leaves lookups of `host` unanswered until `name` is called for it.
  void silence(const std::string& host);

  /// Sets how many bytes may be on their way in each direction of a stream.
  void set_capacity(std::size_t size);
  /// Sets how many bytes one read returns at most.
  void set_piece(std::size_t size);

  void fail_accepts(std::size_t count);

  /// Holds back everything that is sent from `from` to `to`, including the news
  /// that a stream was closed. Dials between the two get no answer. Whether the
  /// other host is dead is unknown, unless both directions are blocked.
  void block(const std::string& from, const std::string& to);
  void unblock(const std::string& from, const std::string& to);
  /// Blocks both directions between the two hosts.
  void unplug(const std::string& x, const std::string& y);
  void plug(const std::string& x, const std::string& y);
  /// From now on, sockets between unplugged hosts report that they do not know
  /// yet whether the other host is dead, as after a long round trip or heavy
  /// loss.
  void doubt_deaths() noexcept;
  /// Makes every stream between the two hosts fail at both ends.
  void cut(const std::string& x, const std::string& y);

  // -- observation

  /// The number of open ends of streams, including ends that are not accepted
  /// yet.
  std::size_t open_sockets() const;
  std::size_t open_listeners() const;
  const std::vector<dialled>& dials() const;
  /// The number of calls of `connect` to `address`, a `host:port`.
  std::size_t dials_to(const std::string& address) const;
  /// The number of bytes that `from` has written to `to`.
  std::size_t bytes_between(const std::string& from,
                            const std::string& to) const;

  struct world;

private:
  std::shared_ptr<world> world_;
};

} // namespace cafmesh::test
