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

/// A private network of this process. Hosts are network namespaces, numbered
/// from 1, each with an interface `eth0` on one switch. The network has no
/// connection to the outside and ends with the process.
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
  /// Makes the hosts and connects them.
  /// @param quality applies to all packets between hosts. It uses netem, or a
  ///        bad_wire if the kernel has no netem.
  network(std::uint64_t hosts, wire_quality quality);
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  /// A command to which another command can be appended, to run on a host.
  static std::vector<std::string> on(std::uint64_t host);
  /// The setup of a node on the host of this number.
  static node_setup setup(std::uint64_t number, std::vector<std::string> peers,
                          std::vector<std::string> options);
  /// The initial address of a host.
  static std::string address(std::uint64_t host);

  /// Whether netem delays and loses the packets.
  bool has_netem() const noexcept {
    return netem_;
  }

  // -- faults, which are impossible in a network with a bad_wire

  /// Separates these hosts from the others. All interfaces stay up.
  void part(const std::vector<std::uint64_t>& hosts);
  /// Connects all hosts again.
  void heal();
  /// Disconnects a host. Its interface goes down.
  void pull(std::uint64_t host);
  void plug_in(std::uint64_t host);
  /// Gives a host this address in place of all its earlier ones.
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
