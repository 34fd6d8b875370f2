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

/// A network of this process's own: hosts are network namespaces, numbered from
/// 1, each with a card `eth0` on one switch. Nothing gets in or out, and
/// nothing of it outlives the process.
///
///     host 1   host 2   host 3
///       |        |        |
///     --+--------+--------+--
class network {
public:
  /// Whether this machine lets us make one; says loudly why, if it does not.
  static bool is_possible();
  /// The same of one whose packets suffer.
  static bool can_be_bad();

  explicit network(std::uint64_t hosts);
  /// All packets between hosts suffer from `quality`: by netem where the kernel
  /// has it, else by a switch of ours.
  network(std::uint64_t hosts, wire_quality quality);
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  /// A command that runs another there.
  static std::vector<std::string> on(std::uint64_t host);
  /// For a node on the host of its number.
  static node_setup setup(std::uint64_t number, std::vector<std::string> peers,
                          std::vector<std::string> options);
  /// Where a host is at first.
  static std::string address(std::uint64_t host);

  /// Whether it is the kernel that spoils packets.
  bool has_netem() const noexcept {
    return netem_;
  }

  /// These are alone with each other from now on; nobody is told. Only on a
  /// switch of the kernel's, as everything that follows.
  void part(const std::vector<std::uint64_t>& hosts);
  /// All are together again.
  void heal();
  /// Pulls the plug of a host, which its card notices.
  void pull(std::uint64_t host);
  void plug_in(std::uint64_t host);
  /// Takes the addresses that a host has and gives it this one.
  void move(std::uint64_t host, const std::string& address);

  /// What a packet takes there and back on average, and which part got lost, as
  /// `ping` has it.
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
