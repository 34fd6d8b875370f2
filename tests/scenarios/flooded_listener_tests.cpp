#include <atomic>
#include <deque>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A test of a node that is flooded with connections from one address.
namespace {

const std::string victim = "127.79.5.1";
const std::string flooder = "127.79.5.2";
const std::string honest = "127.79.5.3";
constexpr std::uint16_t port = 6783;

sockaddr_in address_of(const std::string& host, std::uint16_t port_there) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port_there);
  ::inet_pton(AF_INET, host.c_str(), &result.sin_addr);
  return result;
}

/// Opens 500 silent connections per second from one address.
class flood {
public:
  flood() : thread_([this] { run(); }) {
  }
  flood(const flood&) = delete;
  flood& operator=(const flood&) = delete;
  ~flood() {
    over_ = true;
    thread_.join();
    for (auto fd : sockets_)
      ::close(fd);
  }
  std::size_t count() const {
    return count_;
  }

private:
  void run() {
    const auto from = address_of(flooder, 0);
    const auto to = address_of(victim, port);
    for (auto next = std::chrono::steady_clock::now(); !over_;
         next += milliseconds{2}) {
      std::this_thread::sleep_until(next);
      auto fd =
        ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      ::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof(from));
      ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
      sockets_.push_back(fd);
      ++count_;
      if (sockets_.size() > 500) {
        ::close(sockets_.front());
        sockets_.pop_front();
      }
    }
  }

  std::atomic<bool> over_{false};
  std::atomic<std::size_t> count_{0};
  std::deque<int> sockets_;
  std::thread thread_; // declared last, because it uses the others
};

} // namespace

BOOST_AUTO_TEST_SUITE(flooded_listener_tests)

BOOST_AUTO_TEST_CASE(a_flood_from_one_address_keeps_no_other_out) {
  real_mesh mesh;
  mesh.start({1, victim, port, {}, watchful_options(), {}});
  const flood attack;
  std::this_thread::sleep_for(seconds{3});
  mesh.start({2, honest, port, {victim}, watchful_options(), {}});
  mesh.increment(mesh.all());
  const auto met = mesh.agree(seconds{1});
  BOOST_TEST_REQUIRE(met.has_value(), mesh.views(mesh.all()));
  note("among " + std::to_string(attack.count())
       + " silent connections from one address, a peer from another one joined "
         "within "
       + std::to_string(met->count()) + " ms");
}

BOOST_AUTO_TEST_SUITE_END()
