#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/scenarios/scratch_folder.hpp"

/// Mounts that only this process and its children see. They need root. They end
/// with the last of these processes, even if it is killed.
namespace cafmesh::test {

/// Runs a program, discards its standard error and waits for it.
/// @param command the program's path and its arguments
/// @returns whether its exit status was 0
bool runs(const std::vector<std::string>& command);

/// Runs a program that must succeed.
/// @throws std::runtime_error with the command if it fails
void run(const std::vector<std::string>& command);

/// Gives the calling thread, and the processes that it starts from now on, a
/// mount namespace of their own. So call this in the thread that starts child
/// processes. Later calls only return the first result.
/// @returns false if the system does not allow it
bool have_private_mounts();

/// A folder in memory with room for `kib` KiB. The destructor removes it.
class small_disk {
public:
  explicit small_disk(std::size_t kib);
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk();

  std::string path(const std::string& file) const {
    return folder_.path(file);
  }
  /// Fills the disk so that nothing more can be appended to `file`. Another
  /// file takes all free space, and `file` is extended to the end of its last
  /// page.
  void fill(const std::string& file) const;
  /// Removes the file that fills the disk.
  void make_room() const;
  void make_read_only() const;

private:
  scratch_folder folder_;
};

/// Replaces the content of a system file while this object exists. Only this
/// process and its children see the new content.
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

/// Replaces /etc/hosts for this process and its children.
class private_hosts {
public:
  /// Makes `name` resolve to `address`, and removes all other names.
  void say(const std::string& name, const std::string& address) const {
    say(name, std::vector<std::string>{address});
  }
  void say(const std::string& name,
           const std::vector<std::string>& addresses) const;

private:
  private_file file_{"/etc/hosts"};
};

} // namespace cafmesh::test
