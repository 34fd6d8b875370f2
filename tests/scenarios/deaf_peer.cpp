#include "deaf_peer.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../actors/core/link.hpp"
#include "../../messages/errc.hpp"

namespace cafmesh::test {

namespace {

crypto::handshake_config introduction_of(peer_name name) {
  wire::introduction ours;
  ours.name = name;
  ours.nickname = "deaf";
  ours.uid = peer_uid{4711};
  ours.connection_half = 1;
  crypto::handshake_config result;
  result.outbound = true;
  result.features = wire::to_features(ours);
  result.accepted = std::make_shared<const std::vector<crypto::secret>>();
  return result;
}

int dial(std::uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
    throw std::runtime_error("the deaf peer cannot connect");
  return fd;
}

bool write_all(int fd, link& talk) {
  while (!talk.output().empty()) {
    auto n =
      ::send(fd, talk.output().data(), talk.output().size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    talk.wrote(static_cast<std::size_t>(n));
  }
  return true;
}

void introduce(int fd, link& talk) {
  while (talk.stage() != crypto::handshake::stage::done) {
    if (!write_all(fd, talk))
      throw std::runtime_error("the deaf peer cannot introduce itself");
    auto room = talk.read_room();
    auto n = ::recv(fd, room.data, room.size, 0);
    link_intake nothing;
    if (n <= 0 || talk.received(static_cast<std::size_t>(n), nothing))
      throw std::runtime_error("the deaf peer is not let in");
  }
  write_all(fd, talk);
}

} // namespace

deaf_peer::deaf_peer(std::uint16_t port, peer_name name) : fd_(dial(port)) {
  link talk{introduction_of(name), crypto::key_pair::random(),
            name_flavour::mac};
  introduce(fd_, talk);
  thread_ = std::thread{[this] {
    beat();
  }};
}

deaf_peer::~deaf_peer() {
  ended_ = true;
  thread_.join();
  ::close(fd_);
}

// A heartbeat of version 2 without a password is a length of 1 and a tag of 0.
void deaf_peer::beat() {
  const std::uint8_t heartbeat[] = {0, 0, 0, 1, 0};
  while (!ended_) {
    auto n = ::send(fd_, heartbeat, sizeof(heartbeat), MSG_NOSIGNAL);
    if (n < 0)
      cut_off_ = true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

} // namespace cafmesh::test
