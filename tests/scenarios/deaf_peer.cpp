#include "tests/scenarios/deaf_peer.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/core/link/link.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/support/encoded_records.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/peer_record.hpp>

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
  result.passwords = std::make_shared<const std::vector<password>>();
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

// In protocol version 2 without a password, a heartbeat is the length 1 and the
// tag 0.
void deaf_peer::beat() {
  const std::uint8_t heartbeat[] = {0, 0, 0, 1, 0};
  while (!ended_) {
    auto n = ::send(fd_, heartbeat, sizeof(heartbeat), MSG_NOSIGNAL);
    if (n < 0)
      cut_off_ = true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

bringing_peer::bringing_peer(std::uint16_t port, peer_name name,
                             peer_name neighbour, std::size_t others)
    : fd_(dial(port)),
      talk_(std::make_unique<link>(
        introduction_of(name), crypto::key_pair::random(), name_flavour::mac)) {
  introduce(fd_, *talk_);
  announce(name, neighbour, others);
  reader_ = std::thread{[this] {
    bytes forgotten(64 * 1024);
    while (::recv(fd_, forgotten.data(), forgotten.size(), 0) > 0)
      continue;
  }};
}

bringing_peer::~bringing_peer() {
  ::shutdown(fd_, SHUT_RDWR);
  reader_.join();
  ::close(fd_);
}

void bringing_peer::announce(peer_name name, peer_name neighbour,
                             std::size_t others) {
  auto update = wire::topology_definitions().to_bytes();
  peer_record ours;
  ours.peer.name = name;
  ours.peer.uid = peer_uid{4711};
  ours.peer.version = 1000;
  ours.connections.push_back({neighbour, "127.0.0.1:1", true, true});
  for (std::size_t i = 0; i < others; ++i) {
    peer_record one;
    one.peer.name = behind(i);
    one.peer.uid = peer_uid{i + 1};
    one.peer.version = 1;
    one.connections = {{name, "127.0.0.1:1", true, true}};
    ours.connections.push_back({behind(i), "127.0.0.1:1", false, true});
    append_peer_record(update, one);
  }
  append_peer_record(update, ours);
  outgoing x;
  x.source = name;
  x.data = payload{std::move(update)};
  if (talk_->send("topology", x) || !write_all(fd_, *talk_))
    throw std::runtime_error("cannot announce the peers behind this one");
}

bool bringing_peer::bring_broadcast(std::size_t other,
                                    const std::string& channel,
                                    const payload& data) {
  outgoing x;
  x.tag = wire::message_tag::broadcast;
  x.source = behind(other);
  x.data = data;
  return !talk_->send(channel, x) && write_all(fd_, *talk_);
}

bool bringing_peer::bring_unicast(std::size_t other, const std::string& channel,
                                  peer_name to, const payload& data) {
  outgoing x;
  x.tag = wire::message_tag::unicast;
  x.source = behind(other);
  x.destination = to;
  x.data = data;
  return !talk_->send(channel, x) && write_all(fd_, *talk_);
}

} // namespace cafmesh::test
