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
  /// A MAC; with hash names 32 hex digits, which ours takes for any text.
  std::string hwaddr;
  bool hash_names = false;
  std::string nickname = "counter";
  /// Absent: as the program does by itself. The Go one then encrypts with the
  /// empty password, ours not at all.
  std::optional<std::string> password;
  /// With one password a line. Ours alone.
  std::string password_file;
  std::vector<std::string> peers;
  /// 0 takes a free one.
  std::uint16_t mesh_port = 0;
};

/// The increment-only counter, ours or the Go library's example, as a child
/// process. Every verb throws std::runtime_error if it does not answer.
class counter_process {
public:
  /// Returns once it answers over HTTP.
  explicit counter_process(counter_options options);

  /// `host:port` of its mesh.
  std::string address() const;

  std::int64_t count() const;
  std::int64_t increment() const;
  /// What ours knows of its peers; null of the Go program, which has no such
  /// page.
  nlohmann::json peers() const;
  bool knows(const std::string& name) const;

  /// As lists of processes show it.
  std::string command_line() const;
  /// How often its memory holds the text, in whatever is mapped there.
  std::size_t times_in_memory(const std::string& text) const;

  /// SIGKILL.
  void kill();
  /// Asks it to end, with SIGINT or another signal. @returns its exit status.
  int stop(int signal_number = SIGINT);

  /// The last lines of its output.
  std::string latest_words() const;

private:
  counter_options options_;
  std::uint16_t http_port_;
  mutable std::mutex mutex_;
  std::vector<std::string> output_;
  std::unique_ptr<child_process> process_; // ends before what it writes to
};

/// Whether they all come to count to `number`.
bool agree_on(const std::vector<const counter_process*>& all,
              std::int64_t number);

} // namespace cafmesh::test
