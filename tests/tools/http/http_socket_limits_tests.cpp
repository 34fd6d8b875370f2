#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"

using http_in_memory::client;
using std::chrono::seconds;

// Tests of how long a client may take for a message on a WebSocket, and to
// close it. By default, a message in either direction may take 10 s, and 1 s
// per KiB.
namespace {

struct fixture {
  fixture() {
    shared->paths.add("GET", "/socket",
                      [](const auto&, const http::responder& back) {
                        back.open_socket({}, {});
                      });
    socket.send("GET /socket HTTP/1.1\r\nHost: localhost\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n");
    BOOST_TEST(socket.line->has_upgraded);
  }

  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(http::server_options{});
  client socket{shared};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_socket_limits_tests, fixture)

BOOST_AUTO_TEST_CASE(a_message_that_does_not_end_closes_the_connection) {
  socket.own->on_unhandled_bytes(10 * 1024, false);
  socket.wait(seconds{19});
  socket.own->on_unhandled_bytes(11 * 1024, false);
  socket.wait(seconds{1});
  BOOST_TEST(!socket.own->is_closed());
  socket.wait(seconds{2});
  BOOST_TEST(socket.own->is_closed());
  BOOST_TEST(shared->memory->total() == 0u);
  BOOST_TEST(shared->cut_off_connections == 1u);
}

BOOST_AUTO_TEST_CASE(a_whole_message_and_none_may_wait_for_any_time) {
  socket.own->on_unhandled_bytes(1, false);
  socket.own->on_unhandled_bytes(2, true);
  socket.wait(seconds{1000});
  socket.own->on_unhandled_bytes(0);
  socket.wait(seconds{1000});
  BOOST_TEST(!socket.own->is_closed());
  // The time of the next message does not include that of the first.
  socket.own->on_unhandled_bytes(1, false);
  socket.wait(seconds{9});
  BOOST_TEST(!socket.own->is_closed());
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_take_a_message_is_closed) {
  socket.own->on_socket_write(1024);
  socket.wait(seconds{10});
  socket.own->on_socket_written();
  socket.wait(seconds{1000});
  socket.own->on_socket_write(1024);
  socket.own->on_unhandled_bytes(1); // its own messages give it no time
  socket.own->on_unhandled_bytes(0);
  socket.wait(seconds{10});
  BOOST_TEST(!socket.own->is_closed());
  socket.wait(seconds{1});
  BOOST_TEST(socket.own->is_closed());
  BOOST_TEST(shared->cut_off_connections == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_does_not_delay_the_end) {
  for (int i = 0; i < 12; ++i) {
    socket.own->on_socket_closing();
    socket.own->on_socket_write(100'000);
    socket.wait(std::chrono::milliseconds{800});
    socket.own->on_socket_written();
    BOOST_TEST(!socket.own->is_closed());
  }
  socket.wait(seconds{1});
  BOOST_TEST(socket.own->is_closed());
}

BOOST_AUTO_TEST_CASE(
  the_buffer_of_a_message_counts_and_the_time_is_for_its_bytes) {
  socket.own->on_unhandled_bytes(1, false, 5000);
  BOOST_TEST(shared->memory->total() == 5000u);
  socket.wait(seconds{11});
  BOOST_TEST(socket.own->is_closed());
  BOOST_TEST(shared->memory->total() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
