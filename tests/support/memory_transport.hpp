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

/// A connection as the two ends' hosts see it.
struct dialled {
  std::string from; ///< host
  std::string to;   ///< `host:port`
};

/// A network in memory, for one thread: what is written can be read at once,
/// and who asked to be told is told by a message at once. Nothing in it takes
/// time; what is unplugged waits until somebody plugs it in again.
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

  /// A socket without an actor, for a test that talks by hand; null where
  /// nobody listens.
  socket_ptr open(const std::string& from, const std::string& address,
                  std::uint16_t port);

  // -- the world

  /// What `host` resolves to from now on; no addresses: it does not.
  void name(const std::string& host, std::vector<std::string> addresses);

  /// How much each direction of a stream holds between its ends, in bytes.
  void set_capacity(std::size_t size);
  /// How much one read brings at most.
  void set_piece(std::size_t size);

  /// The next so many calls of `accept` fail.
  void fail_accepts(std::size_t count);

  /// Nothing arrives at `to` of what comes from `from`, not even an end; dials
  /// are never answered.
  void block(const std::string& from, const std::string& to);
  void unblock(const std::string& from, const std::string& to);
  /// Both directions.
  void unplug(const std::string& x, const std::string& y);
  void plug(const std::string& x, const std::string& y);
  /// Every stream between the two fails at both of its ends.
  void cut(const std::string& x, const std::string& y);

  // -- what there is

  /// Ends of streams that somebody holds; also those nobody has accepted.
  std::size_t open_sockets() const;
  std::size_t open_listeners() const;
  /// Every call of `connect`, in order.
  const std::vector<dialled>& dials() const;
  /// How many of them went to `address`, a `host:port`.
  std::size_t dials_to(const std::string& address) const;
  /// Bytes that ever left from one host to another.
  std::size_t bytes_between(const std::string& from,
                            const std::string& to) const;

  struct world;

private:
  std::shared_ptr<world> world_;
};

} // namespace cafmesh::test
