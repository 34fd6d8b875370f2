#include "tests/interop/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct standard_files {
  int in;
  int out;
  int error;
};

/// Replaces the forked child with the program `argv`. Only async-signal-safe
/// calls are allowed here.
[[noreturn]] void become(char** argv, standard_files files, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent || ::dup2(files.in, STDIN_FILENO) < 0
      || ::dup2(files.out, STDOUT_FILENO) < 0
      || ::dup2(files.error, STDERR_FILENO) < 0)
    ::_exit(126);
  // Closes all other descriptors. The program must not inherit the sockets of
  // peers in the test's process.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  ::execv(argv[0], argv);
  ::_exit(127);
}

} // namespace

child_process::child_process(std::vector<std::string> command,
                             std::function<void(const std::string*)> on_line,
                             error_output errors)
    : on_line_(std::move(on_line)) {
  std::vector<char*> argv;
  for (auto& arg : command)
    argv.push_back(arg.data());
  argv.push_back(nullptr);
  // A socket and not a pipe, because MSG_NOSIGNAL turns the signal for writing
  // to a process that has ended into an error.
  int in[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
    throw_errno("socketpair");
  int out[2];
  if (::pipe2(out, O_CLOEXEC) != 0)
    throw_errno("pipe2");
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0)
    throw_errno("fork");
  if (pid_ == 0)
    become(argv.data(),
           {in[1], out[1],
            errors == error_output::inherited ? STDERR_FILENO : out[1]},
           parent);
  ::close(in[1]);
  ::close(out[1]);
  control_ = in[0];
  reader_ = std::thread([this, fd = out[0]] { read_lines(fd); });
}

child_process::~child_process() {
  send_signal(SIGKILL);
  wait();
}

void child_process::read_lines(int fd) {
  std::string pending;
  std::array<char, 65536> buffer;
  for (;;) {
    auto n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    pending.append(buffer.data(), static_cast<std::size_t>(n));
    std::size_t from = 0;
    for (auto end = pending.find('\n'); end != std::string::npos;
         end = pending.find('\n', from)) {
      const auto line = pending.substr(from, end - from);
      on_line_(&line);
      from = end + 1;
    }
    pending.erase(0, from);
  }
  ::close(fd);
  on_line_(nullptr);
}

void child_process::write(const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    auto n =
      ::send(control_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      throw_errno("takes no command");
    sent += static_cast<std::size_t>(n);
  }
}

void child_process::end_input() {
  ::shutdown(control_, SHUT_WR);
}

void child_process::send_signal(int number) {
  if (pid_ > 0)
    ::kill(pid_, number);
}

void child_process::suspend() {
  send_signal(SIGSTOP);
  siginfo_t info;
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info,
                  WSTOPPED | WEXITED | WNOWAIT)
           < 0
         && errno == EINTR) {
  }
}

void child_process::resume() {
  send_signal(SIGCONT);
}

int child_process::wait() {
  if (pid_ > 0)
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
  pid_ = -1;
  if (reader_.joinable())
    reader_.join();
  if (control_ >= 0)
    ::close(control_);
  control_ = -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

} // namespace cafmesh::test
