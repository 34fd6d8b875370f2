#include "tests/scenarios/busy_listener.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cafmesh::test {

busy_listener::busy_listener(const std::string& host, std::uint16_t port)
    : host_(host) {
  at_.sin_family = AF_INET;
  at_.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &at_.sin_addr);
  socklen_t size = sizeof(at_);
  auto* at = reinterpret_cast<sockaddr*>(&at_);
  for (auto& fd : sockets_)
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (::bind(sockets_[0], at, size) != 0 || ::listen(sockets_[0], 0) != 0
      || ::getsockname(sockets_[0], at, &size) != 0)
    throw std::runtime_error("cannot listen");
  for (std::size_t i = 1; i < sockets_.size(); ++i)
    ::connect(sockets_[i], at, size);
}

busy_listener::~busy_listener() {
  for (auto fd : sockets_)
    ::close(fd);
}

std::string busy_listener::address() const {
  return host_ + ":" + std::to_string(ntohs(at_.sin_port));
}

} // namespace cafmesh::test
