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
  /// Whether this machine allows such a network; prints the reason if not.
  static bool is_possible();
  /// Whether this machine also allows a network that delays and loses packets.
  static bool can_be_bad();

  explicit network(std::uint64_t hosts);
  /// `quality` applies to all packets between hosts, by netem if the kernel has
  /// it, otherwise by a bad_wire.
  network(std::uint64_t hosts, wire_quality quality);
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  /// A command that runs another command on a host.
  static std::vector<std::string> on(std::uint64_t host);
  /// The setup of a node on the host of the same number.
  static node_setup setup(std::uint64_t number, std::vector<std::string> peers,
                          std::vector<std::string> options);
  /// The initial address of a host.
  static std::string address(std::uint64_t host);

  /// Whether netem delays and loses the packets.
  bool has_netem() const noexcept {
    return netem_;
  }

  // -- faults, which a network with a bad_wire does not support

  /// Separates these hosts from the others, whose interfaces stay up.
  void part(const std::vector<std::uint64_t>& hosts);
  /// Connects all hosts again.
  void heal();
  /// Disconnects a host, whose interface goes down.
  void pull(std::uint64_t host);
  void plug_in(std::uint64_t host);
  /// Replaces the addresses of a host by this one.
  void move(std::uint64_t host, const std::string& address);

  /// The average round trip and the share of lost packets, as `ping` reports
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
