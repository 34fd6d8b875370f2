#include "tests/interop/wiretap.hpp"

#include <algorithm>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

constexpr int a_little = 5; // ms

int new_socket() {
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

// Reads bytes from one side, and counts them.
// @returns false at the end of the stream
bool take(int fd, std::string& to, std::atomic<std::size_t>& count) {
  std::vector<char> buffer(64 * 1024);
  const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (n <= 0)
    return false;
  to.append(buffer.data(), static_cast<std::size_t>(n));
  count += static_cast<std::size_t>(n);
  return true;
}

} // namespace

wiretap::wiretap(std::uint16_t to, std::size_t allowed)
    : to_(to), allowed_(allowed), listening_(new_socket()) {
  auto here = loopback(0);
  socklen_t size = sizeof(here);
  ::bind(listening_, reinterpret_cast<sockaddr*>(&here), size);
  ::listen(listening_, 1);
  ::getsockname(listening_, reinterpret_cast<sockaddr*>(&here), &size);
  port_ = ntohs(here.sin_port);
  thread_ = std::thread{[this] {
    carry();
  }};
}

wiretap::~wiretap() {
  ended_ = true;
  thread_.join();
  for (auto fd : {listening_, dialler_, acceptor_})
    if (fd >= 0)
      ::close(fd);
}

std::string wiretap::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

void wiretap::carry() {
  pollfd knock{listening_, POLLIN, 0};
  while (!ended_ && ::poll(&knock, 1, a_little) <= 0)
    continue;
  if (ended_)
    return;
  dialler_ = ::accept(listening_, nullptr, nullptr);
  acceptor_ = new_socket();
  auto there = loopback(to_);
  ::connect(acceptor_, reinterpret_cast<sockaddr*>(&there), sizeof(there));
  std::string held;
  std::string answer;
  while (!ended_ && read_both(held, answer)) {
    const auto may_pass = std::min(held.size(), allowed_ - passed_);
    ::send(acceptor_, held.data(), may_pass, MSG_NOSIGNAL);
    held.erase(0, may_pass);
    passed_ += may_pass;
    ::send(dialler_, answer.data(), answer.size(), MSG_NOSIGNAL);
    answer.clear();
  }
}

bool wiretap::read_both(std::string& held, std::string& answer) {
  pollfd both[] = {{dialler_, POLLIN, 0}, {acceptor_, POLLIN, 0}};
  ::poll(both, 2, a_little);
  return (both[0].revents == 0 || take(dialler_, held, from_dialler_))
         && (both[1].revents == 0 || take(acceptor_, answer, from_acceptor_));
}

} // namespace cafmesh::test
