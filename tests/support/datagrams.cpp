#include "tests/support/datagrams.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

// -- in memory

struct memory_datagrams::world {
  struct place {
    std::string host;
    // A weak reference, because the owner has a reference to the port.
    caf::actor_addr owner;
  };
  std::map<std::uint16_t, place> places;
  std::set<std::pair<std::string, std::string>> blocked;
  std::uint16_t last_number = 0;
};

namespace {

class memory_port : public datagram_port {
public:
  memory_port(std::shared_ptr<memory_datagrams::world> world, std::string host)
      : world_(std::move(world)), number_(++world_->last_number) {
    world_->places[number_].host = std::move(host);
  }
  ~memory_port() override {
    world_->places.erase(number_);
  }

  void set_owner(datagram_receiver_actor owner) override {
    world_->places[number_].owner = owner.address();
  }
  std::string host() const override {
    return world_->places[number_].host;
  }
  std::uint16_t number() const override {
    return number_;
  }
  void send(const std::string& to, std::uint16_t port,
            const std::string& data) override {
    auto i = world_->places.find(port);
    if (i == world_->places.end() || i->second.host != to
        || world_->blocked.count({host(), to}) != 0)
      return;
    if (auto owner = caf::actor_cast<caf::actor>(i->second.owner))
      caf::anon_send(owner, datagram_arrived{data});
  }

private:
  std::shared_ptr<memory_datagrams::world> world_;
  std::uint16_t number_;
};

} // namespace

memory_datagrams::memory_datagrams() : world_(std::make_shared<world>()) {
}

datagram_port_ptr memory_datagrams::open(const std::string& host) {
  return std::make_shared<memory_port>(world_, host);
}

void memory_datagrams::block(const std::string& from, const std::string& to) {
  world_->blocked.insert({from, to});
}

void memory_datagrams::unblock(const std::string& from, const std::string& to) {
  world_->blocked.erase({from, to});
}

// -- UDP

namespace {

class udp_port : public datagram_port {
public:
  udp_port() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(where);
    if (socket_ < 0
        || ::bind(socket_, reinterpret_cast<sockaddr*>(&where), size) != 0
        || ::getsockname(socket_, reinterpret_cast<sockaddr*>(&where), &size)
             != 0)
      throw std::runtime_error("no UDP port to be had");
    number_ = ntohs(where.sin_port);
  }
  ~udp_port() override {
    ending_ = true;
    if (reader_.joinable())
      reader_.join();
    ::close(socket_);
  }

  void set_owner(datagram_receiver_actor owner) override {
    reader_ = std::thread{[this, weak = owner.address()] {
      read(weak);
    }};
  }
  std::string host() const override {
    return "127.0.0.1";
  }
  std::uint16_t number() const override {
    return number_;
  }
  void send(const std::string& to, std::uint16_t port,
            const std::string& data) override {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    if (::inet_pton(AF_INET, to.c_str(), &where.sin_addr) == 1)
      ::sendto(socket_, data.data(), data.size(), 0,
               reinterpret_cast<const sockaddr*>(&where), sizeof(where));
  }

private:
  void read(const caf::actor_addr& weak) {
    std::array<char, 2048> room;
    while (!ending_) {
      pollfd readable{socket_, POLLIN, 0};
      if (::poll(&readable, 1, 20) <= 0)
        continue;
      auto size = ::recv(socket_, room.data(), room.size(), 0);
      if (size < 0)
        continue;
      // The thread refers to the owner only while it sends. The owner has a
      // reference to this port, so a lasting reference to the owner would keep
      // both alive for ever.
      if (auto owner = caf::actor_cast<caf::actor>(weak))
        caf::anon_send(owner, datagram_arrived{std::string(
                                room.data(), static_cast<std::size_t>(size))});
    }
  }

  int socket_;
  std::uint16_t number_ = 0;
  std::atomic<bool> ending_{false};
  std::thread reader_;
};

} // namespace

datagram_port_ptr open_udp() {
  return std::make_shared<udp_port>();
}

} // namespace cafmesh::test
