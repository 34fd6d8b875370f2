#include "actors/network/tcp_state.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A host that has acknowledged nothing since before the probe.
tcp_state silent(std::uint32_t repeats) {
  tcp_state result;
  result.acknowledged_before = seconds{5};
  result.in_flight = 1;
  result.repeats = repeats;
  return result;
}

bool is(const tcp_state& x, host_state expected) {
  return judge(x, seconds{1}, 2) == expected;
}

// Two ends of a connection over loopback. The second one resets the connection.
class reset_connection {
public:
  reset_connection() {
    const auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(where);
    auto* address = reinterpret_cast<sockaddr*>(&where);
    BOOST_TEST_REQUIRE(::bind(listener, address, size) == 0);
    BOOST_TEST_REQUIRE(::listen(listener, 1) == 0);
    BOOST_TEST_REQUIRE(::getsockname(listener, address, &size) == 0);
    BOOST_TEST_REQUIRE(::connect(socket_, address, size) == 0);
    const auto other = ::accept(listener, nullptr, nullptr);
    const linger at_once{1, 0};
    ::setsockopt(other, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(other);
    ::close(listener);
    pollfd until_reset{socket_, POLLIN, 0};
    BOOST_TEST(::poll(&until_reset, 1, 10'000) == 1);
  }
  reset_connection(const reset_connection&) = delete;
  reset_connection& operator=(const reset_connection&) = delete;
  ~reset_connection() {
    ::close(socket_);
  }

  int socket() const noexcept {
    return socket_;
  }

private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
};

} // namespace

BOOST_AUTO_TEST_SUITE(tcp_state_tests)

BOOST_AUTO_TEST_CASE(a_host_is_dead_once_several_timeouts_are_over) {
  BOOST_TEST(is(silent(0), host_state::unknown));
  BOOST_TEST(is(silent(1), host_state::unknown));
  BOOST_TEST(is(silent(2), host_state::dead));
}

BOOST_AUTO_TEST_CASE(a_host_that_acknowledges_is_alive) {
  auto x = silent(9);
  x.acknowledged_before = milliseconds{1005};
  BOOST_TEST(is(x, host_state::alive));
  x = silent(0);
  x.in_flight = 0;
  BOOST_TEST(is(x, host_state::alive));
}

// After a reset, the kernel has nothing in flight, as if everything were
// acknowledged.
BOOST_AUTO_TEST_CASE(a_connection_that_was_reset_is_dead_at_once) {
  const reset_connection x;
  const auto state = read_tcp_state(x.socket());
  BOOST_TEST_REQUIRE(state.has_value());
  BOOST_TEST((judge(*state, milliseconds{0}, 2) == host_state::dead));
}

BOOST_AUTO_TEST_CASE(
  a_closed_window_is_a_sign_of_life_while_probes_are_answered) {
  auto x = silent(0);
  x.in_flight = 0;
  x.unsent = 1000;
  BOOST_TEST(is(x, host_state::alive));
  x.window_probes = 1;
  BOOST_TEST(is(x, host_state::unknown));
  x.window_probes = 3;
  BOOST_TEST(is(x, host_state::dead));
}

// Until the first timeout, a message that cannot be sent looks like one behind
// a closed window.
BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_sent_is_no_sign_of_life) {
  auto x = silent(0);
  x.in_flight = 0;
  x.unsent = 1000;
  x.timeout = milliseconds{800};
  BOOST_TEST(is(x, host_state::unknown));
  x.timeout = milliseconds{600};
  BOOST_TEST(is(x, host_state::alive));
}

BOOST_AUTO_TEST_SUITE_END()
