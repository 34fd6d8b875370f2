#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/child_process.hpp"

namespace cafmesh::test {

struct counter_options {
  kind program = kind::cpp;
  /// The peer's name: a MAC address or, with `hash_names`, 32 hex digits. With
  /// `hash_names`, our program accepts any other text too and hashes it.
  std::string hwaddr;
  bool hash_names = false;
  std::string nickname = "counter";
  /// The password. If absent, the program uses its default: the empty password
  /// in the Go program, no encryption in ours.
  std::optional<std::string> password;
  /// A file with one password per line, for our program only.
  std::string password_file;
  std::vector<std::string> peers;
  /// The port to listen on for other peers; 0: any free port.
  std::uint16_t mesh_port = 0;
};

/// A child process that runs a counter: tools/counter or the Go library's
/// example. Members that query the process throw std::runtime_error if it does
/// not answer.
class counter_process {
public:
  /// Starts the program, and returns once it answers over HTTP.
  explicit counter_process(counter_options options);

  /// The `host:port` that other peers dial.
  std::string address() const;

  std::int64_t count() const;
  std::int64_t increment() const;
  /// The peers that our program knows; null for the Go program, which cannot
  /// list them.
  nlohmann::json peers() const;
  bool knows(const std::string& name) const;

  /// The command line as other users of the machine can see it.
  std::string command_line() const;
  /// The number of times that the text occurs in the program's memory.
  std::size_t times_in_memory(const std::string& text) const;

  /// Sends SIGKILL and waits for the end of the program.
  void kill();
  /// Sends a signal and waits for the end of the program.
  /// @returns its exit status
  int stop(int signal_number = SIGINT);

  /// The last lines of the program's output.
  std::string latest_words() const;

private:
  counter_options options_;
  std::uint16_t http_port_;
  mutable std::mutex mutex_;
  std::vector<std::string> output_;
  // This member is declared last, because its thread uses the members above.
  std::unique_ptr<child_process> process_;
};

/// Waits until all counters show `number`.
/// @returns whether they do in time
bool agree_on(const std::vector<const counter_process*>& all,
              std::int64_t number);

} // namespace cafmesh::test
