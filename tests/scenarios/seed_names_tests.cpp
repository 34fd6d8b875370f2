#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/busy_listener.hpp"
#include "tests/scenarios/private_mounts.hpp"
#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/skipping.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a host name with several addresses, some of which have no peer.
namespace {

const std::string host_1 = "127.79.4.1";
const std::string host_2 = "127.79.4.2";
const std::string host_3 = "127.79.4.3";
constexpr std::uint16_t port = 6783;

/// A server that speaks a different protocol. It writes as soon as it is
/// dialled.
class http_server {
public:
  explicit http_server(const std::string& host)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &at.sin_addr);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof(at)) != 0
        || ::listen(fd_, 16) != 0)
      throw std::runtime_error("cannot listen on " + host);
    thread_ = std::thread{[this] {
      serve();
    }};
  }
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }

private:
  void serve() const {
    const std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
    for (int client = ::accept(fd_, nullptr, nullptr); client >= 0;
         client = ::accept(fd_, nullptr, nullptr)) {
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(client);
    }
  }

  int fd_;
  std::thread thread_;
};

struct seed_names {
  private_hosts hosts;
  real_mesh mesh;

  void start(std::uint64_t number, const std::string& host) {
    mesh.start({number, host, port, {"seeds:6783"}, watchful_options(), {}});
  }
  void check_joined(const std::string& what) {
    mesh.increment(mesh.all());
    const auto met = mesh.agree(seconds{5});
    BOOST_TEST_REQUIRE(met.has_value(), mesh.views(mesh.all()));
    note("two nodes that share a name for their seeds met after "
         + std::to_string(met->count()) + " ms" + what);
  }
};

bool is_possible(boost::unit_test::test_unit_id) {
  return have_private_mounts()
         || skip("replacing the hosts file takes root, for mounting");
}

} // namespace

BOOST_AUTO_TEST_SUITE(seed_names_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_FIXTURE_TEST_CASE(nodes_that_are_among_their_seeds_join, seed_names) {
  hosts.say("seeds", {host_1, host_2});
  start(1, host_1);
  start(2, host_2);
  check_joined("");
}

BOOST_FIXTURE_TEST_CASE(a_name_that_first_means_only_us_is_resolved_again,
                        seed_names) {
  hosts.say("seeds", {host_1});
  start(1, host_1);
  std::this_thread::sleep_for(seconds{1});
  hosts.say("seeds", {host_1, host_2});
  mesh.start({2, host_2, port, {}, watchful_options(), {}});
  check_joined(", one of them alone at first");
}

BOOST_FIXTURE_TEST_CASE(another_program_at_the_first_address_is_skipped,
                        seed_names) {
  const http_server server{host_1};
  hosts.say("seeds", {host_1, host_2, host_3});
  start(2, host_2);
  start(3, host_3);
  check_joined(", with a web server among the seeds");
}

BOOST_FIXTURE_TEST_CASE(a_first_address_that_does_not_answer_is_skipped,
                        seed_names) {
  const busy_listener server{host_1, port};
  hosts.say("seeds", {host_1, host_2, host_3});
  start(2, host_2);
  start(3, host_3);
  check_joined(", with a full backlog among the seeds");
}

BOOST_AUTO_TEST_SUITE_END()
