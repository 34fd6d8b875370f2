#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"
#include "tools/http/event_source.hpp"
#include "tools/http/socket_queue.hpp"

using http::held_bytes;
using http_in_memory::client;
using std::chrono::milliseconds;
using verdict = held_bytes::verdict;

// Tests of the limits on what the server holds for all clients and for one.
namespace {

constexpr std::size_t most = 1'000'000;
constexpr std::size_t most_of_one = 400'000;
constexpr milliseconds sweep{250};

http::server_options options() {
  http::server_options result;
  result.limits.held_bytes = most;
  result.limits.held_bytes_per_address = most_of_one;
  return result;
}

struct fixture {
  fixture() {
    for (auto method : {"GET", "POST"})
      add(method, "/large", 150'000);
    add("GET", "/small", 30'000);
    shared->paths.add("GET", "/static",
                      [this](const auto&, const http::responder& back) {
                        back.send({200, "text/plain", {}, {}, file});
                      });
    shared->paths.add("GET", "/events",
                      [this](const auto&, const http::responder& back) {
                        http::subscription x;
                        x.stream.most_bytes = 1'000'000;
                        source.subscribe(back, std::move(x));
                      });
  }

  void add(const char* method, const char* path, std::size_t size) {
    shared->paths.add(method, path,
                      [size](const auto&, const http::responder& back) {
                        back.send({200, "text/plain", std::string(size, 'x')});
                      });
  }
  std::vector<std::unique_ptr<client>> ask(const std::string& path,
                                           const std::string& method,
                                           int number, bool reads) {
    std::vector<std::unique_ptr<client>> result;
    for (int i = 0; i < number; ++i) {
      result.push_back(std::make_unique<client>(shared));
      result.back()->line->client_reads = reads;
      result.back()->send(method + " " + path
                          + " HTTP/1.1\r\nHost: localhost\r\n"
                            "Content-Type: application/json\r\n\r\n");
    }
    return result;
  }
  static std::size_t
  closed_of(const std::vector<std::unique_ptr<client>>& all) {
    std::size_t result = 0;
    for (const auto& x : all) {
      x->wait(sweep);
      result += x->own->is_closed();
    }
    return result;
  }

  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(options());
  http::client_memory& memory = *shared->memory;
  std::string file = std::string(150'000, 'x');
  http::event_source source{{"e", 4'000'000, 100}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_client_memory_tests, fixture)

BOOST_AUTO_TEST_CASE(one_client_leaves_room_for_others) {
  held_bytes one{shared->memory, "10.0.0.1"};
  held_bytes same{shared->memory, "10.0.0.1"};
  held_bytes other{shared->memory, "10.0.0.2"};
  BOOST_TEST((one.set(most_of_one) == verdict::fits));
  BOOST_TEST((same.set(1) == verdict::client_full));
  BOOST_TEST((other.set(most_of_one) == verdict::fits));
  BOOST_TEST((same.set(0) == verdict::fits));
  held_bytes third{shared->memory, "10.0.0.3"};
  BOOST_TEST((third.set(most - 2 * most_of_one + 1) == verdict::server_full));
  BOOST_TEST((third.set(1) == verdict::fits)); // less than before
  BOOST_TEST(memory.total() == 2 * most_of_one + 1);
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_is_one_client) {
  held_bytes one{shared->memory, "2001:db8::1"};
  held_bytes same{shared->memory, "2001:db8::2"};
  held_bytes other{shared->memory, "2001:db8:0:1::1"};
  one.set(most_of_one);
  BOOST_TEST((same.set(1) == verdict::client_full));
  BOOST_TEST((other.set(1) == verdict::fits));
}

BOOST_AUTO_TEST_CASE(large_answers_that_are_not_read_have_a_limit) {
  auto fast = ask("/large", "GET", 20, true);
  BOOST_TEST(closed_of(fast) == 0u);
  BOOST_TEST(memory.total() == 0u);
  auto slow = ask("/large", "GET", 20, false);
  // Output may use half of the client's share, so one answer fits, and a second
  // is beyond it.
  BOOST_TEST(memory.total() == 150'000u);
  BOOST_TEST(closed_of(slow) == 0u);
  for (const auto& x : slow)
    x->line->client_reads = true;
  BOOST_TEST(slow.front()->got().size() > 150'000u);
  for (std::size_t i = 1; i < slow.size(); ++i)
    BOOST_TEST(slow[i]->got().find("HTTP/1.1 429 ") == 0u);
  BOOST_TEST(memory.total() == 0u);
}

BOOST_AUTO_TEST_CASE(small_answers_count_once_they_wait) {
  auto slow = ask("/small", "GET", 20, false);
  BOOST_TEST(memory.total() == 0u);
  BOOST_TEST(closed_of(slow) > 10u);
  BOOST_TEST(memory.total() > 60'000u);
  BOOST_TEST(memory.total() < most_of_one);
}

BOOST_AUTO_TEST_CASE(a_change_has_its_answer_or_none) {
  auto fast = ask("/large", "POST", 20, true);
  for (const auto& x : fast)
    BOOST_TEST(x->got().find("HTTP/1.1 200 ") == 0u);
  auto slow = ask("/large", "POST", 20, false);
  BOOST_TEST(closed_of(slow) == 19u);
  BOOST_TEST(memory.total() > 150'000u);
  BOOST_TEST(memory.total() < most_of_one / 2);
}

BOOST_AUTO_TEST_CASE(files_in_the_program_take_no_memory) {
  auto slow = ask("/static", "GET", 20, false);
  BOOST_TEST(closed_of(slow) == 0u);
  BOOST_TEST(memory.total() < 20u * 2000);
}

BOOST_AUTO_TEST_CASE(events_that_are_not_read_have_a_limit) {
  std::vector<std::unique_ptr<client>> all;
  for (int i = 0; i < 20; ++i) { // each waits for an event of its own
    for (auto& x : ask("/events", "GET", 1, true))
      all.push_back(std::move(x));
    all.back()->line->client_reads = false;
    source.publish("t", std::string(150'000, 'x'));
    all.back()->run();
  }
  BOOST_TEST(closed_of(all) >= 18u);
  BOOST_TEST(memory.total() < most_of_one);
}

BOOST_AUTO_TEST_CASE(an_event_that_streams_share_counts_once) {
  auto all = ask("/events", "GET", 20, true);
  for (auto& x : all)
    x->line->client_reads = false;
  source.publish("t", std::string(150'000, 'x'));
  for (auto& x : all)
    x->run();
  BOOST_TEST(closed_of(all) == 0u);
  BOOST_TEST(memory.total() < most_of_one / 2);
}

BOOST_AUTO_TEST_CASE(
  messages_that_a_websocket_holds_count_until_they_are_gone) {
  http::socket_options large;
  large.most_queued_bytes = most;
  auto told = 0;
  http::socket_handlers f;
  f.on_room = [&told] {
    ++told;
  };
  auto queue = std::make_shared<http::socket_queue>(large, std::move(f),
                                                    shared->memory, "10.0.0.1");
  http::socket_stream stream{queue};
  stream.keep(1000);
  BOOST_TEST(memory.total() == 1000u);
  BOOST_TEST(stream.send({{false, std::string(most_of_one / 2, 'x')}}));
  BOOST_TEST(!stream.send({{false, "y"}}));
  stream.let_go(1000);
  queue->check_room();
  BOOST_TEST(told == 0);
  http::socket_message x;
  BOOST_TEST(queue->take(x));
  queue->written(x.data.size());
  BOOST_TEST(told == 1);
  BOOST_TEST(memory.total() == 0u);
}

BOOST_AUTO_TEST_CASE(a_websocket_has_room_again_when_others_hold_less) {
  auto told = 0;
  http::socket_handlers f;
  f.on_room = [&told] {
    ++told;
  };
  auto queue = std::make_shared<http::socket_queue>(
    http::socket_options{}, std::move(f), shared->memory, "10.0.0.1");
  http::socket_stream stream{queue};
  held_bytes body{shared->memory, "10.0.0.1"};
  body.set(most_of_one);
  BOOST_TEST(!stream.has_room());
  queue->check_room();
  BOOST_TEST(told == 0);
  body.set(0);
  queue->check_room();
  BOOST_TEST(told == 1);
  BOOST_TEST(stream.has_room());
}

BOOST_AUTO_TEST_CASE(an_ended_websocket_holds_only_what_its_handlers_keep) {
  auto queue = std::make_shared<http::socket_queue>(
    http::socket_options{}, http::socket_handlers{}, shared->memory, "a");
  http::socket_stream stream{queue};
  stream.keep(1000);
  stream.send({{false, std::string(5000, 'x')}});
  queue->end();
  BOOST_TEST(memory.total() == 1000u);
  stream.let_go(1000);
  BOOST_TEST(memory.total() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
