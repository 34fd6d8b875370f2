#include "tools/meshd/process/state_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace meshd {

namespace {

std::string failure(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

bool write_all(int file, const std::string& content) {
  std::size_t done = 0;
  while (done < content.size()) {
    auto n = ::write(file, content.data() + done, content.size() - done);
    if (n < 0 && errno != EINTR)
      return false;
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  return fsync(file) == 0;
}

bool sync_folder(const std::string& path) {
  auto folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return false;
  auto result = fsync(folder) == 0;
  close(folder);
  return result;
}

bool is_private_folder(const struct stat& x, uid_t owner) {
  return S_ISDIR(x.st_mode) && x.st_uid == owner && (x.st_mode & 022) == 0;
}

std::string refusal(const std::string& path) {
  return "the state folder " + path
         + " must be a folder that belongs to the user of meshd and that "
           "nobody else can write to";
}

std::string cannot_make(const std::string& path) {
  return failure("cannot make the state folder " + path);
}

} // namespace

state_folder::~state_folder() {
  if (lock_ >= 0)
    close(lock_);
}

std::string state_folder::open(const std::string& path) {
  path_ = path;
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return cannot_make(path);
  struct stat x {};
  if (stat(path.c_str(), &x) != 0 || !is_private_folder(x, geteuid()))
    return refusal(path);
  auto name = this->path("lock");
  auto file =
    ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return failure("cannot write to the state folder " + path);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    auto wrong = errno == EWOULDBLOCK
                   ? "the state folder " + path
                       + " is in use by another meshd; give each its own"
                   : failure("cannot lock " + name);
    close(file);
    return wrong;
  }
  lock_ = file;
  return {};
}

std::string state_folder::read(const std::string& name) const {
  std::ifstream in{path(name)};
  std::string result;
  std::getline(in, result);
  return result;
}

std::optional<std::string> state_folder::content(const std::string& name,
                                                 std::size_t most) const {
  struct stat x {};
  if (stat(path(name).c_str(), &x) != 0)
    return errno == ENOENT ? std::optional{std::string{}} : std::nullopt;
  if (!S_ISREG(x.st_mode) || static_cast<std::size_t>(x.st_size) > most)
    return std::nullopt;
  std::ifstream in{path(name), std::ios::binary};
  std::string result(static_cast<std::size_t>(x.st_size), '\0');
  if (!in.read(result.data(), x.st_size))
    return std::nullopt;
  return result;
}

std::string state_folder::set_aside(const std::string& name) const {
  constexpr int most = 1000;
  for (int i = 1; i <= most; ++i) {
    auto other = name + ".damaged-" + std::to_string(i);
    struct stat x {};
    if (lstat(path(other).c_str(), &x) == 0)
      continue;
    auto is_done = std::rename(path(name).c_str(), path(other).c_str()) == 0;
    return is_done ? other : std::string{};
  }
  return {};
}

std::string state_folder::write(const std::string& name,
                                const std::string& content) const {
  auto there = path(name);
  auto next = there + ".new";
  auto file = ::open(
    next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return failure("cannot write " + next);
  auto wrong = write_all(file, content) ? "" : failure("cannot write " + next);
  close(file);
  if (!wrong.empty())
    return wrong;
  if (std::rename(next.c_str(), there.c_str()) != 0 || !sync_folder(path_))
    return failure("cannot replace " + there);
  return {};
}

std::string check_state(const service_options& options) {
  const auto& path = options.state;
  struct stat x {};
  if (path.empty())
    return {};
  if (stat(path.c_str(), &x) == 0)
    return is_private_folder(x, geteuid() == 0 ? x.st_uid : geteuid())
             ? std::string{}
             : refusal(path);
  // Tries to make a folder with a different name, so as not to disturb a meshd
  // that starts at the same time.
  auto beside = path.substr(0, path.find_last_not_of('/') + 1) + ".XXXXXX";
  if (mkdtemp(beside.data()) == nullptr)
    return cannot_make(path);
  rmdir(beside.c_str());
  return {};
}

} // namespace meshd
