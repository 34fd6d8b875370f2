#include <boost/test/unit_test.hpp>

#include "tools/http/socket_queue.hpp"

using http::socket_message;
using http::socket_queue;

// Tests of the queue of a WebSocket: which messages it accepts, and when it has
// room again.
namespace {

struct fixture {
  static http::socket_options options() {
    http::socket_options result;
    result.most_queued_bytes = 1000;
    return result;
  }
  http::socket_handlers handlers() {
    http::socket_handlers result;
    result.on_room = [this] {
      ++told;
    };
    return result;
  }

  std::size_t count() {
    std::size_t result = 0;
    socket_message x;
    for (; queue->take(x); ++result)
      queue->written(x.data.size());
    return result;
  }

  int told = 0;
  std::shared_ptr<socket_queue> queue =
    std::make_shared<socket_queue>(options(), handlers());
  http::socket_stream stream{queue};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_sockets_tests, fixture)

BOOST_AUTO_TEST_CASE(messages_that_belong_together_are_queued_as_a_whole) {
  auto refused = 0;
  for (int i = 0; i < 100; ++i)
    refused += stream.send({{true, "header"}, {false, "data"}}) ? 0 : 1;
  BOOST_TEST(refused > 0);
  BOOST_TEST(count() == 2u * static_cast<unsigned>(100 - refused));
}

BOOST_AUTO_TEST_CASE(a_stream_with_room_takes_messages_of_any_size) {
  BOOST_TEST(stream.has_room());
  BOOST_TEST(
    stream.send({{true, std::string(2000, 'x')}, {false, "the rest"}}));
  BOOST_TEST(!stream.has_room());
  BOOST_TEST(!stream.send({{true, ""}}));
  BOOST_TEST(told == 0);
  BOOST_TEST(count() == 2u);
  BOOST_TEST(told == 1);
  BOOST_TEST(stream.has_room());
}

BOOST_AUTO_TEST_CASE(what_is_queued_is_sent_before_a_stream_is_closed) {
  BOOST_TEST(stream.send({{true, "last"}}));
  stream.close(1001);
  BOOST_TEST(!stream.send({{true, "too late"}}));
  BOOST_TEST(queue->closing() == 1001);
  BOOST_TEST(count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_paused_client_is_read_again_once_it_is_resumed) {
  auto woken = 0;
  queue->attach([&] { ++woken; });
  stream.resume();
  BOOST_TEST(woken == 0);
  stream.pause();
  BOOST_TEST(queue->is_paused());
  BOOST_TEST(woken == 0);
  stream.resume();
  stream.resume();
  BOOST_TEST(!queue->is_paused());
  BOOST_TEST(woken == 1);
}

BOOST_AUTO_TEST_CASE(a_handler_that_pauses_is_called_no_more_after_the_end) {
  stream.pause();
  queue->end();
  stream.resume();
  BOOST_TEST(!queue->is_paused());
}

BOOST_AUTO_TEST_SUITE_END()
