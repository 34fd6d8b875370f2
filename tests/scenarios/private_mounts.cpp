#include "tests/scenarios/private_mounts.hpp"

#include <fstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

bool succeeds(std::vector<std::string> command, bool complains) {
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (!complains)
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                       O_WRONLY, 0);
  pid_t pid = 0;
  const bool started =
    ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ) == 0;
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return started && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status)
         && WEXITSTATUS(status) == 0;
}

} // namespace

bool runs(const std::vector<std::string>& command) {
  return succeeds(command, false);
}

void run(const std::vector<std::string>& command) {
  if (succeeds(command, true))
    return;
  std::string words;
  for (const auto& word : command)
    words += " " + word;
  throw std::runtime_error("failed:" + words);
}

bool have_private_mounts() {
  static const bool result =
    ::unshare(CLONE_NEWNS) == 0
    && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return result;
}

small_disk::small_disk(std::size_t kib) {
  const auto size = "size=" + std::to_string(kib) + "k";
  if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size.c_str()) != 0)
    throw std::runtime_error("cannot mount " + folder_.path());
}

small_disk::~small_disk() {
  ::umount2(folder_.path().c_str(), MNT_DETACH);
}

void small_disk::fill(const std::string& file) const {
  // When the disk is full, the last page of `file` may still have room, so
  // `file` is filled too.
  for (const auto& name : {path("filler"), path(file)}) {
    const auto fd =
      ::open(name.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC,
             S_IRUSR | S_IWUSR);
    const char byte = '\n';
    while (::write(fd, &byte, 1) == 1)
      continue;
    ::close(fd);
  }
}

void small_disk::make_room() const {
  ::unlink(path("filler").c_str());
}

void small_disk::make_read_only() const {
  if (::mount(nullptr, folder_.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY,
              nullptr)
      != 0)
    throw std::runtime_error("cannot remount " + folder_.path());
}

private_file::private_file(std::string place)
    : place_(std::move(place)), file_(folder_.path("file")) {
  std::ofstream{file_};
  if (::mount(file_.c_str(), place_.c_str(), nullptr, MS_BIND, nullptr) != 0)
    throw std::runtime_error("cannot mount " + file_ + " at " + place_);
}

private_file::~private_file() {
  ::umount2(place_.c_str(), MNT_DETACH);
}

// Overwrites the file in place, because the mount would not show a file that is
// renamed over it.
void private_file::write(const std::string& text) const {
  std::ofstream{file_} << text;
}

void private_hosts::say(const std::string& name,
                        const std::vector<std::string>& addresses) const {
  std::string lines;
  for (const auto& address : addresses)
    lines += address + ' ' + name + '\n';
  file_.write(lines);
}

} // namespace cafmesh::test
