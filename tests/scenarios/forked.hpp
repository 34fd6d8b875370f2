#pragma once

#include <csignal>
#include <exception>
#include <functional>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace cafmesh::test {

/// Forks a child, which calls `work` and ends by `_exit`. Its status is 0 if
/// `work` returned true. SIGALRM ends it after 20 s.
class forked {
public:
  explicit forked(const std::function<bool()>& work) : pid_(::fork()) {
    if (pid_ != 0)
      return;
    ::signal(SIGALRM, SIG_DFL);
    ::alarm(20);
    auto done = false;
    try {
      done = work();
    } catch (const std::exception&) {
    }
    ::_exit(done ? 0 : 1);
  }
  forked(const forked&) = delete;
  forked& operator=(const forked&) = delete;
  ~forked() {
    if (pid_ > 0)
      ::kill(pid_, SIGKILL);
    wait();
  }

  /// Waits until the child ends.
  /// @returns its exit status, or 128 plus the number of the signal that ended
  ///          it
  int wait() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(std::exchange(pid_, -1), &status, 0) < 0)
      return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

private:
  pid_t pid_;
};

} // namespace cafmesh::test
