#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/interop/child_process.hpp"
#include "tests/scenarios/holdings.hpp"
#include "tests/scenarios/measuring.hpp"

namespace cafmesh::test {

struct node_setup {
  /// The peer name as a number.
  std::uint64_t number = 0;
  /// The address that the node listens on and dials from.
  std::string host = "127.0.0.1";
  std::uint16_t port = 6783;
  std::vector<std::string> peers;
  std::vector<std::string> options;
  /// A command prefix for the node's own command, for instance one that runs
  /// the node in a namespace.
  std::vector<std::string> launcher;
  /// The file to which standard error is appended. Sanitizers report there.
  std::string errors = sanitized ? "/dev/stderr" : "/dev/null";
};

/// Returns options with short intervals and timeouts, so that a node notices a
/// silent neighbour within seconds.
/// @param others options that take precedence
std::vector<std::string>
watchful_options(const std::vector<std::string>& others = {});

/// A process that runs a node with a counter. Members that query the node throw
/// std::runtime_error if it does not answer in time.
class real_node {
public:
  struct clocks {
    std::chrono::milliseconds wall;
    std::chrono::milliseconds monotonic;
  };

  /// Starts the node, and returns once it listens.
  explicit real_node(node_setup setup);
  /// Kills the node. The test fails if the node had already ended or, in a
  /// sanitized build, if a sanitizer reports an error as the node ends.
  ~real_node();

  const std::string& name() const noexcept {
    return name_;
  }
  /// The `host:port` that the node listens on.
  std::string address() const;
  const node_setup& setup() const noexcept {
    return setup_;
  }

  /// Writes a line to the node.
  /// @returns the line with which the node answers
  std::string ask(const std::string& question);
  /// Increments the counter.
  /// @returns the new count
  std::int64_t increment();
  std::int64_t count();
  /// The peers that the node knows, sorted by name.
  nlohmann::json topology();
  holdings held();
  clocks read_clocks();

  void freeze();
  void go_on();
  /// Sends SIGKILL. The destructor waits for the end of the process.
  void kill();
  /// Closes the node's standard input, which makes the node stop.
  /// @returns the time until the process ended; nullopt if that exceeds `bound`
  std::optional<std::chrono::milliseconds> end(std::chrono::milliseconds bound);

private:
  void heard(const std::string* line);
  std::string next_line();

  node_setup setup_;
  std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  bool ended_ = false;
  bool killed_ = false;
  bool told_to_end_ = false;
  // This member is declared last, because its thread uses the members above.
  std::unique_ptr<child_process> process_;
};

} // namespace cafmesh::test
