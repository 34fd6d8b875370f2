#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// What a driver is told on its command line, `--name=value` each. All drivers,
/// in whatever language, know the same ones and pass over what does not concern
/// them.
struct options {
  /// What this process is to do; each driver has its own.
  std::string role = "relay";
  /// Of this peer, and of the one at the other end.
  std::string name;
  std::string to;
  /// On 127.0.0.1; 0: any.
  std::uint16_t port = 0;
  /// `host:port` of neighbours to dial; may be repeated.
  std::vector<std::string> peers;
  /// Absent: plain.
  std::optional<std::string> password;
  /// Bytes a message, at least 8.
  std::size_t size = 64;
  double seconds = 3;
  /// Threads that may work at once.
  std::size_t threads = 2;
  /// How many peers this process is, for the cases of many.
  std::size_t nodes = 1;
  /// Without sockets: the work on a topology to measure, and how many
  /// connections each of its peers has.
  std::string core;
  std::size_t degree = 0;
};

/// @throws std::invalid_argument that names what is wrong.
options parse_options(int argc, char** argv);

/// What a driver's `main` does: calls `run` with the options of the command
/// line. @returns its exit status; 2, with one line on standard error, if it or
/// the options throw.
int run_driver(int argc, char** argv,
               const std::function<int(const options&)>& run);

} // namespace bench
