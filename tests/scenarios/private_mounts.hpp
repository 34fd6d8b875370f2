#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/scenarios/scratch_folder.hpp"

/// What takes root, all of it out of sight of the rest of the machine: what is
/// mounted from here on is seen by this process and those that it starts, and
/// goes with the last of them, even if they are killed.
namespace cafmesh::test {

/// Runs a program, whose complaints nobody sees, and waits for it.
/// @param command the program's path and its arguments.
/// @returns whether its exit status was 0.
bool runs(const std::vector<std::string>& command);

/// The same, for what has to succeed.
/// @throws std::runtime_error with the command if it does not.
void run(const std::vector<std::string>& command);

/// Gives this process its own view of what is mounted. To be called by the
/// thread that starts processes; once is enough.
/// @returns whether that is allowed.
bool have_private_mounts();

/// A folder of its own in memory, of that size, until this object goes.
class small_disk {
public:
  explicit small_disk(std::size_t kib);
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk();

  std::string path(const std::string& file) const {
    return folder_.path(file);
  }
  /// Writes to a file of ours until no byte more fits, also in `file`.
  void fill(const std::string& file) const;
  /// Takes ours away.
  void make_room() const;

private:
  scratch_folder folder_;
};

/// Puts text of ours in the place of a file, until this object goes.
class private_file {
public:
  explicit private_file(std::string place);
  private_file(const private_file&) = delete;
  private_file& operator=(const private_file&) = delete;
  ~private_file();

  void write(const std::string& text) const;

private:
  scratch_folder folder_;
  std::string place_;
  std::string file_;
};

/// The same for /etc/hosts.
class private_hosts {
public:
  /// `name` is `address` from now on, and no other name is anything.
  void say(const std::string& name, const std::string& address) const;

private:
  private_file file_{"/etc/hosts"};
};

} // namespace cafmesh::test
