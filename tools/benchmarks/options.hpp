#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// The options of a driver, each given as `--name=value`. All drivers, in C++
/// and Go, accept the same options and ignore those that they do not need.
struct options {
  /// The task of this process; each driver has its own roles.
  std::string role = "relay";
  /// The names of this peer and of the peer at the other end.
  std::string name;
  std::string to;
  /// The port on 127.0.0.1; 0 for any free port.
  std::uint16_t port = 0;
  /// The neighbours to dial, each a `host:port`; may be repeated.
  std::vector<std::string> peers;
  /// The password of the mesh; absent for a mesh without encryption.
  std::optional<std::string> password;
  /// The size of a message in bytes, at least 8.
  std::size_t size = 64;
  double seconds = 3;
  /// The number of threads that may run at the same time.
  std::size_t threads = 2;
  /// The number of peers in this process.
  std::size_t nodes = 1;
  /// The name of a calculation on a topology, to be measured without sockets;
  /// empty: none.
  std::string core;
  /// The number of connections of each peer in the topology of `core`.
  std::size_t degree = 0;
};

/// Parses the command line.
/// @throws std::invalid_argument with the name of the wrong option.
options parse_options(int argc, char** argv);

/// The body of a driver's `main`: calls `run` with the parsed options.
/// @returns the status of `run`, or 2, with one line on standard error, if it
///          or the parser throws.
int run_driver(int argc, char** argv,
               const std::function<int(const options&)>& run);

} // namespace bench
