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

/// How a node is started.
struct node_setup {
  /// Its name is this number.
  std::uint64_t number = 0;
  /// Where it listens and dials from.
  std::string host = "127.0.0.1";
  std::uint16_t port = 6783;
  std::vector<std::string> peers;
  /// As on the command line.
  std::vector<std::string> options;
  /// A command that runs another, e.g. in a namespace.
  std::vector<std::string> launcher;
  /// What it writes to standard error is added to this file. There a sanitizer
  /// says what it has found.
  std::string errors = sanitized ? "/dev/stderr" : "/dev/null";
};

/// Short times, so that a silent neighbour is missed within seconds, but for
/// what `others` say.
std::vector<std::string>
watchful_options(const std::vector<std::string>& others = {});

/// A node of a mesh with a counter, in a process of its own. Every verb throws
/// std::runtime_error if it does not answer in time.
class real_node {
public:
  struct clocks {
    std::chrono::milliseconds wall;
    std::chrono::milliseconds monotonic;
  };

  /// Returns once it listens.
  explicit real_node(node_setup setup);
  /// Kills it. That it has ended by itself before is a failure of the test, and
  /// so is in a sanitized build a finding on its way out.
  ~real_node();

  const std::string& name() const noexcept {
    return name_;
  }
  /// `host:port`
  std::string address() const;
  const node_setup& setup() const noexcept {
    return setup_;
  }

  /// @returns what it counts to then.
  std::int64_t increment();
  std::int64_t count();
  /// Every peer that it knows, sorted by name.
  nlohmann::json topology();
  holdings held();
  clocks read_clocks();

  void freeze();
  void go_on();
  /// SIGKILL; whose end the destructor waits for.
  void kill();
  /// Ends its input, at which it stops.
  /// @returns how long it took to end, or nothing if that is more than `bound`.
  std::optional<std::chrono::milliseconds> end(std::chrono::milliseconds bound);

private:
  void heard(const std::string* line);
  std::string next_line();
  std::string ask(const std::string& question);

  node_setup setup_;
  std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  bool ended_ = false;
  bool killed_ = false;
  bool told_to_end_ = false;
  std::unique_ptr<child_process> process_; // ends before what it writes to
};

} // namespace cafmesh::test
