#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/scenarios/bad_wire.hpp"
#include "tests/scenarios/private_mounts.hpp"
#include "tests/scenarios/real_node.hpp"

namespace cafmesh::test {

/// A private network of this process and its children. The hosts are network
/// namespaces, numbered from 1. Each has an interface `eth0` on one switch. The
/// network has no connection to the outside and ends with the process.
///
///     host 1   host 2   host 3
///       |        |        |
///     --+--------+--------+--
class network {
public:
  /// Whether this machine allows a private network. Prints the reason if not.
  static bool is_possible();
  /// Whether this machine also allows a network that delays and loses packets.
  static bool can_be_bad();

  explicit network(std::uint64_t hosts);
  /// @param quality the delay and loss of all packets between hosts, caused by
  ///        netem or, if the kernel has no netem, by a bad_wire
  network(std::uint64_t hosts, wire_quality quality);
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  /// Returns a command prefix. A command that is appended to it runs on this
  /// host.
  static std::vector<std::string> on(std::uint64_t host);
  /// The setup of node `number`, which runs on the host of the same number.
  static node_setup setup(std::uint64_t number, std::vector<std::string> peers,
                          std::vector<std::string> options);
  /// The initial address of a host.
  static std::string address(std::uint64_t host);

  /// Whether packets are delayed and lost by netem, and not by a bad_wire.
  bool has_netem() const noexcept {
    return netem_;
  }

  // -- faults; a network with a bad_wire cannot have them

  /// Separates these hosts from the others. All interfaces stay up.
  void part(const std::vector<std::uint64_t>& hosts);
  void heal();
  /// Takes the host's interface down.
  void pull(std::uint64_t host);
  void plug_in(std::uint64_t host);
  /// Replaces all addresses of the host with this one.
  void move(std::uint64_t host, const std::string& address);

  /// The average round trip and the share of packets lost, as `ping` reports
  /// them.
  struct ping_result {
    std::chrono::milliseconds round_trip;
    double loss;
  };
  static ping_result ping(std::uint64_t from, std::uint64_t to, int packets);

private:
  void connect_to_bridge(std::uint64_t host);

  std::uint64_t hosts_;
  bool netem_ = false;
  std::unique_ptr<bad_wire> wire_;
};

} // namespace cafmesh::test
