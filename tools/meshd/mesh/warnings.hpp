#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <cafmesh/log.hpp>
#include <cafmesh/password.hpp>

namespace meshd {

/// Something that an operator should know of. `code` is stable.
struct warning {
  std::string code;
  std::string detail;
  std::string hint;
  std::chrono::system_clock::time_point first{};
  std::chrono::system_clock::time_point last{};
  std::uint64_t times = 1;
};

/// The warnings about the present settings, and those of the last hour. The
/// memory is bounded, even if remotes cause many warnings. Any thread may use
/// it.
class warnings {
public:
  using time_point = std::chrono::system_clock::time_point;

  static constexpr std::size_t most = 32;
  static constexpr std::size_t most_of_a_code = 4;
  static constexpr std::chrono::hours kept_for{1};

  /// Replaces the warnings about the settings, which stay until the next call.
  void set_standing(std::vector<warning> xs);

  /// Keeps a warning. If it differs from an earlier one only in digits, it
  /// replaces the earlier one and adds that one's `times` to its own.
  void add(warning x, time_point now);

  /// All warnings, those about the settings first, then the oldest.
  std::vector<warning> all(time_point now) const;

private:
  mutable std::mutex mutex_;
  std::vector<warning> standing_;
  std::deque<warning> kept_; // the one that was repeated last is the last
};

using warnings_ptr = std::shared_ptr<warnings>;

/// Passes on log lines, and keeps those that are warnings or errors.
cafmesh::log_sink_ptr keep_warnings(cafmesh::log_sink_ptr log, warnings_ptr to);

/// Warns of passwords that are short enough to guess; empty if there are none.
std::vector<warning>
warnings_about(const std::vector<cafmesh::password>& passwords);

} // namespace meshd
