#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "both_kinds.hpp"
#include "cpp_node.hpp"
#include "go_peer.hpp"

using namespace cafmesh::test;

// What a Go peer that dials hears of us before it has shown that it knows the
// password.
BOOST_AUTO_TEST_SUITE(held_back_tests)

namespace {

// Version 2 with a password: `weave`, two versions, the flag and a public key.
constexpr std::size_t unsealed = 7 + 1 + 32;

constexpr std::chrono::milliseconds a_while{500};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

/// A wire to a peer that lets through no more of what the dialler says than it
/// is told to.
class wiretap {
public:
  wiretap(std::uint16_t to, std::size_t allowed)
      : to_(to), allowed_(allowed), listening_(open()) {
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
  wiretap(const wiretap&) = delete;
  wiretap& operator=(const wiretap&) = delete;
  ~wiretap() {
    ended_ = true;
    thread_.join();
    for (auto fd : {listening_, dialler_, acceptor_})
      ::close(fd);
  }

  std::string address() const {
    return "127.0.0.1:" + std::to_string(port_);
  }
  /// So many bytes of the dialler's in all.
  void allow(std::size_t bytes) {
    allowed_ = bytes;
  }
  void release() {
    allow(SIZE_MAX);
  }
  std::size_t from_dialler() const {
    return from_dialler_;
  }
  std::size_t from_acceptor() const {
    return from_acceptor_;
  }

private:
  static int open() {
    return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  }

  void carry() {
    while (!ended_ && !is_readable(listening_))
      continue;
    if (ended_)
      return;
    dialler_ = ::accept(listening_, nullptr, nullptr);
    acceptor_ = open();
    auto there = loopback(to_);
    ::connect(acceptor_, reinterpret_cast<sockaddr*>(&there), sizeof(there));
    std::string held;
    std::size_t passed = 0;
    while (!ended_) {
      if (is_readable(dialler_) && !take(dialler_, held, from_dialler_))
        return;
      auto may_pass = std::min(held.size(), allowed_ - passed);
      ::send(acceptor_, held.data(), may_pass, MSG_NOSIGNAL);
      held.erase(0, may_pass);
      passed += may_pass;
      std::string answer;
      if (is_readable(acceptor_) && !take(acceptor_, answer, from_acceptor_))
        return;
      ::send(dialler_, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  static bool is_readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, 5) > 0;
  }

  static bool take(int fd, std::string& to, std::atomic<std::size_t>& count) {
    char buffer[4096];
    auto n = ::recv(fd, buffer, sizeof(buffer), 0);
    if (n <= 0)
      return false;
    to.append(buffer, static_cast<std::size_t>(n));
    count += static_cast<std::size_t>(n);
    return true;
  }

  std::uint16_t to_;
  std::atomic<std::size_t> allowed_;
  std::uint16_t port_ = 0;
  int listening_;
  int dialler_ = -1;
  int acceptor_ = -1;
  std::atomic<bool> ended_{false};
  std::atomic<std::size_t> from_dialler_{0};
  std::atomic<std::size_t> from_acceptor_{0};
  std::thread thread_;
};

} // namespace

BOOST_AUTO_TEST_CASE(
  a_go_dialler_hears_nothing_sealed_before_its_own_has_opened) {
  cpp_node ours{named('a', "the password of the mesh")};
  wiretap tap{ours.port(), unsealed};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // It says its sealed features without waiting for ours …
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > unsealed; }));
  BOOST_REQUIRE(eventually([&] { return tap.from_acceptor() >= unsealed; }));
  // … which do not come as long as we have not got them.
  BOOST_TEST(
    !eventually([&] { return tap.from_acceptor() > unsealed; }, a_while));
  BOOST_TEST(!ours.knows(theirs.name()));
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(tap.from_acceptor() > unsealed);
}

// There the features are readable, and the first thing sealed is a message.
BOOST_AUTO_TEST_CASE(
  in_version_1_a_go_dialler_hears_its_first_sealed_message_after_it_sent_one) {
  auto old = named('a', "the password of the mesh");
  old.min_version = 1;
  old.max_version = 1;
  cpp_node ours{old};
  wiretap tap{ours.port(), 0};
  go_peer theirs{named('b', "the password of the mesh")};
  theirs.connect_to(tap.address());
  // Header and features come unasked, and nothing more before it has ours.
  auto stands_still = [&](auto&& count) {
    const auto before = count();
    return !eventually([&] { return count() > before; }, a_while);
  };
  const auto from_dialler = [&] { return tap.from_dialler(); };
  const auto from_acceptor = [&] { return tap.from_acceptor(); };
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > 7; }));
  BOOST_REQUIRE(stands_still(from_dialler));
  const auto readable = tap.from_dialler();
  tap.allow(readable);
  // It has our features, and says something sealed.
  BOOST_REQUIRE(eventually([&] { return tap.from_dialler() > readable; }));
  BOOST_TEST(stands_still(from_acceptor));
  BOOST_TEST(!ours.knows(theirs.name()));
  const auto heard = tap.from_acceptor();
  tap.release();
  BOOST_TEST(gets_connected(ours, theirs));
  BOOST_TEST(tap.from_acceptor() > heard);
}

BOOST_AUTO_TEST_SUITE_END()
