#include "tools/meshctl/http/waiting_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/interrupt.hpp"

namespace meshctl {

namespace {

int poll_time(const deadline& until) {
  if (!until)
    return -1;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
    *until - std::chrono::steady_clock::now());
  return static_cast<int>(
    std::clamp<std::int64_t>(left.count() + 1, 0, 24 * 3600 * 1000));
}

} // namespace

bool wait_until_ready(int descriptor, short events, const deadline& until) {
  for (;;) {
    pollfd all[] = {{descriptor, events, 0},
                    {interrupt_descriptor(), POLLIN, 0},
                    {STDOUT_FILENO, 0, 0}};
    auto ready = poll(all, 3, poll_time(until));
    if (is_interrupted())
      throw interrupted{};
    if (ready > 0 && (all[2].revents & POLLERR) != 0)
      throw output_closed{};
    if (ready > 0 && all[0].revents != 0)
      return true;
    if (is_over(until))
      return false;
  }
}

waiting_socket::~waiting_socket() {
  close();
}

int waiting_socket::connect(int family, const sockaddr* address,
                            socklen_t size) {
  close();
  descriptor_ = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0)
    return errno;
  auto on = 1;
  if (family != AF_UNIX)
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(descriptor_, address, size) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  wait_for(POLLOUT);
  auto why = 0;
  socklen_t length = sizeof(why);
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &why, &length);
  return why;
}

bool waiting_socket::is_stale() const {
  pollfd x{descriptor_, POLLIN, 0};
  return poll(&x, 1, 0) != 0;
}

std::size_t waiting_socket::read(void* to, std::size_t size, int& error) {
  error = 0;
  for (;;) {
    auto count = recv(descriptor_, to, size, 0);
    if (count >= 0)
      return static_cast<std::size_t>(count);
    error = errno;
    if (!may_try_again(POLLIN, error))
      return 0;
    error = 0;
  }
}

std::size_t waiting_socket::write(const void* from, std::size_t size,
                                  int& error) {
  error = 0;
  for (;;) {
    auto count = send(descriptor_, from, size, MSG_NOSIGNAL);
    if (count >= 0)
      return static_cast<std::size_t>(count);
    error = errno;
    if (!may_try_again(POLLOUT, error))
      return 0;
    error = 0;
  }
}

bool waiting_socket::may_try_again(short events, int error) {
  if (error == EINTR)
    return true;
  if (error != EAGAIN && error != EWOULDBLOCK)
    return false;
  wait_for(events);
  return true;
}

void waiting_socket::wait_for(short events) {
  if (!wait_until_ready(descriptor_, events, until_))
    throw failure{exit_code::timed_out, "meshd did not answer in time",
                  "--timeout gives it more time."};
}

void waiting_socket::close() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
}

} // namespace meshctl
