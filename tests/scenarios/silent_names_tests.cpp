#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/private_mounts.hpp"
#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/skipping.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of host names whose name server does not answer. In these tests, the
// system's resolver keeps asking for half a minute, and cannot be cancelled.
namespace {

const std::string host_1 = "127.79.3.1";
const std::string host_2 = "127.79.3.2";

/// A name server that answers no question.
class mute_name_server {
public:
  explicit mute_name_server(const char* address)
      : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    ::inet_pton(AF_INET, address, &at.sin_addr);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof(at)) != 0)
      throw std::runtime_error("cannot bind the name server's port");
  }
  mute_name_server(const mute_name_server&) = delete;
  mute_name_server& operator=(const mute_name_server&) = delete;
  ~mute_name_server() {
    ::close(fd_);
  }
  bool is_asked(std::chrono::milliseconds bound) const {
    pollfd question{fd_, POLLIN, 0};
    return ::poll(&question, 1, static_cast<int>(bound.count())) == 1;
  }

private:
  int fd_;
};

struct silent_names {
  mute_name_server server{"127.0.0.99"};
  private_file resolver{"/etc/resolv.conf"};
  private_hosts hosts;

  silent_names() {
    resolver.write("nameserver 127.0.0.99\noptions timeout:15 attempts:2\n");
    hosts.say("node-b.test", host_2);
  }
  static node_setup setup(std::uint64_t number, const std::string& host,
                          std::vector<std::string> peers) {
    return {number, host, 6783, std::move(peers), watchful_options(), {}};
  }
};

bool is_possible(boost::unit_test::test_unit_id) {
  return have_private_mounts()
         || skip("replacing the name server takes root, for mounting");
}

} // namespace

BOOST_AUTO_TEST_SUITE(silent_names_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_FIXTURE_TEST_CASE(a_pending_lookup_does_not_delay_the_end, silent_names) {
  real_node node{setup(1, host_1, {"a.test", "b.test", "c.test"})};
  BOOST_TEST_REQUIRE(server.is_asked(seconds{10}));
  const auto took = node.end(seconds{3});
  BOOST_TEST_REQUIRE(took.has_value(), "it has not ended");
  note("a process that asks for three names in vain ended within "
       + std::to_string(took->count()) + " ms");
}

// There are so many names that the node looks up some of them before
// node-b.test, whatever the order.
BOOST_FIXTURE_TEST_CASE(a_pending_lookup_does_not_delay_others, silent_names) {
  std::vector<std::string> names{"node-b.test"};
  for (char x = 'a'; x <= 'z'; ++x)
    names.push_back(std::string(1, x) + ".test");
  real_mesh mesh;
  mesh.start(setup(2, host_2, {}));
  mesh.start(setup(1, host_1, names));
  mesh.increment(mesh.all());
  const auto met = mesh.agree(seconds{10});
  BOOST_TEST_REQUIRE(met.has_value(), mesh.views(mesh.all()));
  BOOST_TEST(server.is_asked(seconds{0}));
  note("among 26 names that nobody answers for, the one that there is was "
       "reached after "
       + std::to_string(met->count()) + " ms");
}

BOOST_AUTO_TEST_SUITE_END()
