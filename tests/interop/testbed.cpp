#include "tests/interop/testbed.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

bool can_listen(std::uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), "socket");
  // A Go peer sets this option too before it listens.
  int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const bool result =
    ::bind(fd, generic, sizeof(address)) == 0 && ::listen(fd, 1) == 0;
  ::close(fd);
  return result;
}

} // namespace

std::vector<std::uint8_t> test_blob(std::size_t size, std::uint64_t seed) {
  std::vector<std::uint8_t> result(size);
  auto x = seed | 1;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) {
      x ^= x >> 12;
      x ^= x << 25;
      x ^= x >> 27;
      word = x * 0x2545F4914F6CDD1DU;
    }
    result[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
  }
  return result;
}

std::string digest(const std::vector<std::uint8_t>& payload) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (auto byte : payload)
    hash = (hash ^ byte) * 0x100000001b3U;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx",
                static_cast<unsigned long long>(hash));
  return text.data();
}

std::uint16_t free_port() {
  // The kernel takes the ports of outgoing connections from above this range. A
  // port from there could be in use when a peer restarts, and a dial to it
  // could even connect to itself.
  std::random_device rng;
  std::uniform_int_distribution<int> pick{10000, 32000};
  for (int attempt = 0; attempt < 100; ++attempt) {
    auto port = static_cast<std::uint16_t>(pick(rng));
    if (can_listen(port))
      return port;
  }
  throw std::runtime_error("no free port in 100 attempts");
}

} // namespace cafmesh::test
