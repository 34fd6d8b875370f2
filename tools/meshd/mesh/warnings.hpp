#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <cafmesh/log.hpp>
#include <cafmesh/password.hpp>

namespace meshd {

/// Something that an operator should know. `code` never changes, so programs
/// can compare it.
struct warning {
  std::string code;
  std::string detail;
  std::string hint;
  std::chrono::system_clock::time_point first{};
  std::chrono::system_clock::time_point last{};
  std::uint64_t times = 1;
};

/// The warnings about the current settings, and the warnings of the last hour.
/// Their number is limited, because remote peers can cause warnings. Any thread
/// may use it.
class warnings {
public:
  using time_point = std::chrono::system_clock::time_point;

  static constexpr std::size_t most = 32;
  static constexpr std::size_t most_of_a_code = 4;
  static constexpr std::chrono::hours kept_for{1};

  /// Replaces the warnings about the settings.
  void set_standing(std::vector<warning> xs);

  /// Adds a warning. It replaces an earlier warning that differs from it only
  /// in digits, and the `times` of both are added.
  void add(warning x, time_point now);

  /// Removes the warnings that have this code and whose details begin with this
  /// text.
  void remove(std::string_view code, std::string_view beginning);

  /// All warnings: first those about the settings, then the others, oldest
  /// first.
  std::vector<warning> all(time_point now) const;

private:
  mutable std::mutex mutex_;
  std::vector<warning> standing_;
  std::deque<warning> kept_; // in the order of `last`
};

using warnings_ptr = std::shared_ptr<warnings>;

/// Makes a log that passes all lines on to `log`, and adds those that are
/// warnings or errors to `to`.
cafmesh::log_sink_ptr keep_warnings(cafmesh::log_sink_ptr log, warnings_ptr to);

constexpr char no_password[] = "no_password";
constexpr char not_reloaded[] = "not_reloaded";

/// A warning about passwords that are short enough to guess, or about a missing
/// password if other machines can reach the node. Empty if all is well.
std::vector<warning>
warnings_about(const std::vector<cafmesh::password>& passwords,
               const std::string& mesh_address);

} // namespace meshd
