#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// The command-line options of a benchmark program, each given as
/// `--name=value`. All these programs, in C++ and Go, accept the same options
/// and ignore those that they do not need.
struct options {
  /// The task of this process. Each program defines its own roles.
  std::string role = "relay";
  /// The names of this peer and of the peer at the other end.
  std::string name;
  std::string to;
  /// The port on 127.0.0.1; 0 for any free port.
  std::uint16_t port = 0;
  /// The neighbours to dial, each a `host:port`. The option may be repeated.
  std::vector<std::string> peers;
  /// The password of the mesh; absent for a mesh without encryption.
  std::optional<std::string> password;
  /// The size of a message in bytes, at least 8.
  std::size_t size = 64;
  double seconds = 3;
  /// The maximum number of running threads.
  std::size_t threads = 2;
  /// The number of peers in this process.
  std::size_t nodes = 1;
  /// The topology calculation that the program `core` measures.
  std::string core;
  /// The number of connections of each peer in a topology that a benchmark
  /// builds.
  std::size_t degree = 0;
  /// The number of keys of a replicated value.
  std::size_t keys = 1000;
};

/// Parses the command line.
/// @throws std::invalid_argument with the name of the wrong option.
options parse_options(int argc, char** argv);

/// The body of `main` in each program. Parses the options and calls `run`.
/// @returns the status of `run`, or 2 after an exception. The exception's text
///          goes to standard error.
int run_driver(int argc, char** argv,
               const std::function<int(const options&)>& run);

} // namespace bench
