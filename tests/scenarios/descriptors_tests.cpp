#include <algorithm>
#include <iostream>
#include <optional>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/sanitizers/out_of_descriptors.hpp"
#include "tests/scenarios/busy_listener.hpp"
#include "tests/scenarios/forked.hpp"
#include "tests/scenarios/holdings.hpp"
#include "tests/scenarios/tcp_node.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the socket options of nodes, and of nodes in a process that has used
// up its file descriptors.
namespace {

/// Takes all free file descriptors of the process, and frees them when
/// destroyed.
class descriptor_hoard {
public:
  descriptor_hoard() {
    const std::lock_guard<std::mutex> guard{descriptors_in_passing};
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto less = before_;
    less.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256);
    ::setrlimit(RLIMIT_NOFILE, &less);
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0))
      taken_.push_back(fd);
  }
  descriptor_hoard(const descriptor_hoard&) = delete;
  descriptor_hoard& operator=(const descriptor_hoard&) = delete;
  ~descriptor_hoard() {
    for (auto fd : taken_)
      ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_{};
  std::vector<int> taken_;
};

/// A socket that is opened before the descriptors are used up, so that it can
/// still connect afterwards.
class caller {
public:
  caller() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  }
  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;
  ~caller() {
    ::close(fd_);
  }
  bool call(std::uint16_t port) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  }

private:
  int fd_;
};

milliseconds cpu_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto ms = [](const timeval& x) {
    return milliseconds{x.tv_sec * 1000 + x.tv_usec / 1000};
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

/// Returns the value of a socket option for each connected IPv4 socket of this
/// process.
std::vector<int> socket_options(int level, int option) {
  std::vector<int> result;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in to{};
    socklen_t size = sizeof(to);
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&to), &size) != 0
        || to.sin_family != AF_INET)
      continue;
    int value = 0;
    size = sizeof(value);
    ::getsockopt(fd, level, option, &value, &size);
    result.push_back(value);
  }
  return result;
}

/// Counts sockets: those that child programs inherit, and those that they do
/// not (`kept`).
struct inheritance {
  std::size_t kept = 0;
  std::size_t inherited = 0;
};

// Counts sockets without fstat. ThreadSanitizer treats fstat as an access to
// the file, and would report a race if another thread is opening that file.
inheritance look_at_sockets() {
  inheritance result;
  for (int fd = 0; fd < 1024; ++fd) {
    int type = 0;
    socklen_t size = sizeof(type);
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
      continue;
    if (::fcntl(fd, F_GETFD) & FD_CLOEXEC)
      ++result.kept;
    else
      ++result.inherited;
  }
  return result;
}

/// Waits until the numbers of actors, descriptors and threads have not changed
/// for 500 ms.
/// @returns all measurements at that time
holdings steady_holdings(caf::actor_system& system) {
  auto result = measure_holdings(system);
  for (int same = 0; same < 5;) {
    rest(milliseconds{100});
    const auto now = measure_holdings(system);
    same = now.actors == result.actors && now.descriptors == result.descriptors
               && now.threads == result.threads
             ? same + 1
             : 0;
    result = now;
  }
  return result;
}

struct one_system {
  lean_config config;
  caf::actor_system system{config};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(descriptors_tests, one_system)

BOOST_AUTO_TEST_CASE(without_descriptors_a_node_is_refused_with_an_error) {
  const descriptor_hoard everything;
  auto router = spawn_router(system, loopback_settings(1));
  BOOST_TEST_REQUIRE(!router);
  BOOST_TEST(is(router.error(), errc::socket_failed), describe(router.error()));
}

#ifndef CAFMESH_SANITIZED

// The limit on threads does not apply to root, so this test runs in a child
// process of another user.
BOOST_AUTO_TEST_CASE(without_threads_a_node_is_refused_with_an_error) {
  forked child{[] {
    lean_config config_of_child;
    caf::actor_system system_of_child{config_of_child};
    const rlimit none{0, 0};
    constexpr uid_t nobody = 65534;
    if (::setrlimit(RLIMIT_NPROC, &none) != 0
        || (::geteuid() == 0 && ::setuid(nobody) != 0))
      return false;
    auto node = spawn_router(system_of_child, loopback_settings(1));
    return !node && is(node.error(), errc::socket_failed)
           && describe(node.error()).find("event loop") != std::string::npos;
  }};
  BOOST_TEST(child.wait() == 0);
}

#endif

BOOST_AUTO_TEST_CASE(a_node_without_free_descriptors_waits_idle_and_recovers) {
  tcp_node a{system, loopback_settings(1)};
  tcp_node b{system, loopback_settings(2)};
  b.connect_to(a);
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  BOOST_TEST_REQUIRE(b.comes_to_know(2));
  BOOST_TEST(!b.ask_to_send(a, payload{bytes(100, 'x')}));
  BOOST_TEST_REQUIRE(eventually([&] { return a.got().unicasts == 1; }));
  const auto at_rest = steady_holdings(system);
  std::optional<std::vector<caller>> calling{5};
  const auto& callers = *calling;
  const auto accepted = a.log().count({"accepted"});
  {
    descriptor_hoard everything;
    for (const auto& x : callers)
      BOOST_TEST(x.call(a.port()));
    BOOST_TEST_REQUIRE(
      eventually([&] { return a.log().count({"cannot accept"}) > 0; }));
    const auto before = cpu_time();
    rest(seconds{3});
    const auto used = cpu_time() - before;
    const auto tries = a.log().count({"cannot accept"});
    std::cout << "out of descriptors for 3 s: " << used.count()
              << " ms of CPU, " << tries << " tries to accept" << std::endl;
    BOOST_TEST(used.count() < 300);
    BOOST_TEST(tries < 10u);
    BOOST_TEST(!b.ask_to_send(a, payload{bytes(100, 'x')}));
    BOOST_TEST(eventually([&] { return a.got().unicasts == 2; }));
    BOOST_TEST(a.log().count({"accepted"}) == accepted);
  }
  BOOST_TEST(eventually(
    [&] { return a.log().count({"accepted"}) == accepted + callers.size(); }));
  calling.reset();
  BOOST_TEST(eventually([&] {
               const auto x = measure_holdings(system);
               return x.actors == at_rest.actors
                      && x.descriptors == at_rest.descriptors
                      && x.threads == at_rest.threads;
             }),
             measure_holdings(system) << ", before " << at_rest);
  BOOST_TEST(a.comes_to_know(2));
  BOOST_TEST(b.comes_to_know(2));
  tcp_node c{system, loopback_settings(3)};
  c.connect_to(a);
  for (auto* x : {&a, &b, &c})
    BOOST_TEST(x->comes_to_know(3));
}

BOOST_AUTO_TEST_CASE(a_dial_without_descriptors_fails_and_is_tried_again) {
  tcp_node a{system, loopback_settings(1)};
  tcp_node b{system, loopback_settings(2)};
  {
    descriptor_hoard everything;
    b.connect_to(a);
    BOOST_TEST(
      eventually([&] { return b.log().count({"cannot be reached"}) > 0; }));
  }
  BOOST_TEST(a.comes_to_know(2));
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_connection_have_keepalive_and_nodelay) {
  tcp_node a{system, loopback_settings(1)};
  tcp_node b{system, loopback_settings(2)};
  b.connect_to(a);
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  const std::vector<int> both(2, 1);
  BOOST_TEST(socket_options(SOL_SOCKET, SO_KEEPALIVE) == both,
             boost::test_tools::per_element());
  BOOST_TEST(socket_options(IPPROTO_TCP, TCP_NODELAY) == both,
             boost::test_tools::per_element());
}

// The test may itself have inherited sockets, so it compares against the counts
// at its start.
BOOST_AUTO_TEST_CASE(started_programs_inherit_no_socket) {
  const busy_listener mute;
  const auto before = look_at_sockets();
  tcp_node a{system, loopback_settings(1)};
  tcp_node b{system, loopback_settings(2)};
  b.connect_to(a);
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  const auto connected = look_at_sockets();
  BOOST_TEST(connected.kept >= before.kept + 4); // 2 listeners, 2 ends
  BOOST_TEST(connected.inherited == before.inherited);
  a.connect_to(mute.address());
  const auto has_dialled = [&] {
    const auto x = look_at_sockets();
    return x.kept + x.inherited > connected.kept + connected.inherited;
  };
  BOOST_TEST_REQUIRE(eventually(has_dialled));
  BOOST_TEST(look_at_sockets().inherited == before.inherited);
}

BOOST_AUTO_TEST_SUITE_END()
