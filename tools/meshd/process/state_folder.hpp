#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tools/meshd/settings/service_options.hpp"

namespace meshd {

/// The folder for data that outlives the process. It stays locked until this
/// object is destroyed or the process ends, so that two processes never share
/// it.
class state_folder {
public:
  state_folder() = default;
  ~state_folder();
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;

  /// Makes the folder if it is missing, and locks it.
  /// @returns what is wrong; empty if nothing is
  std::string open(const std::string& path);

  bool is_open() const noexcept {
    return lock_ >= 0;
  }

  std::string path(const std::string& name) const {
    return path_ + "/" + name;
  }

  /// The first line of a file, without its line break; empty if the file is
  /// missing.
  std::string read(const std::string& name) const;

  /// The content of a file. Empty if the file is missing. Absent if it cannot
  /// be read or is larger than `most` bytes.
  std::optional<std::string> content(const std::string& name,
                                     std::size_t most) const;

  /// Gives a file a new name, which no other file has.
  /// @returns the new name; empty if that fails
  std::string set_aside(const std::string& name) const;

  /// Replaces the content of a file. After a crash or a loss of power, the file
  /// has either the old content or the new.
  /// @returns what is wrong; empty if nothing is
  std::string write(const std::string& name, const std::string& content) const;

private:
  std::string path_;
  int lock_ = -1;
};

/// Checks that `open` can use or make the state folder, but does not make it.
/// If root calls it, the folder may belong to another user, who will run meshd.
/// @returns what is wrong; empty if nothing is
std::string check_state(const service_options& options);

} // namespace meshd
